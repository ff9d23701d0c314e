package io.tidegate.classify;

import java.util.Set;

/**
 * Whether somebody in particular is named near a word. There is no model here: two capitalised words, a title with a name, a Chinese surname with what follows names, or
 * "my". A weak sign, good only beside a strong word.
 */
final class Names {
  private static final String SURNAMES = PersonHint.SURNAMES;
  /** Words of two characters that begin like names. */
  private static final Set<String> NO_NAMES = Set.of("程序", "程度", "高薪", "高级", "高管", "高达", "高于", "马上", "任何", "任务", "任职", "方面", "方案", "方法", "方式",
      "金额", "金融", "石油", "江苏", "白领", "白天",
      "万元", "钱包", "史上", "常见", "安全", "安排", "于是", "曾经", "温度", "毛利", "武汉", "龙头", "雷达", "叶子", "林业", "黄金", "黄色", "周一", "周二", "周三",
      "周四", "周五", "周六", "周日", "周末", "周期", "周年", "成都", "宋体", "唐朝", "沈阳", "何时", "何种", "许可", "许多", "杜绝", "范围", "范本", "田间", "石家",
      "夏天", "陆续", "严重", "严格", "于其", "项目", "经理", "经过", "应该", "应届", "应付", "应当", "和其", "全部", "全员", "全年", "公司", "文件", "文书", "解除",
      "解雇", "计算", "计划", "薪资", "路由", "向员", "向公", "白皮", "简单", "东西", "后来", "关于", "国家", "尚未", "广州", "广东", "单位", "单独", "明确", "明年",
      "明显", "季度", "时间", "时候", "易于", "于员", "包括", "包含", "相关", "相当", "相应", "平时", "平台", "元旦", "支付", "支持", "充分", "管理", "强制", "温馨",
      "申请", "申诉", "石材", "齐全");
  private static final Nearby MINE = new Nearby("my ", "我的", "我工资", "我月薪", "我年薪", "我们部门", "本人", "i earn", "i make", "i was paid", "offered me",
      "i'm paid", "i am paid");
  private static final Set<String> NO_CAPITALS = Set.of("The", "This", "That", "What", "When", "Where", "Which", "Who", "Why", "How", "Write",
      "Draft", "Explain", "Create", "Please",
      "Offer", "Letter", "Final", "Employee", "Performance", "Review", "Plan", "Annual", "Salary", "Base", "Agreement",
      "Severance", "Termination", "Notice", "New", "York", "United", "States", "Human", "Resources", "January", "February",
      "March", "April", "May", "June", "July", "August", "September", "October", "November", "December", "Monday", "Tuesday",
      "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "California", "Texas", "Department", "Labor", "Software",
      "Engineer", "Senior", "Manager", "Director", "Company", "Inc", "Ltd", "North", "South", "East", "West", "San", "Los",
      "Java", "Python", "Spring", "Data", "Table", "Code", "Error", "Exception", "Disciplinary", "Hearing", "Warning",
      "Written", "Layoff", "List", "Put", "We", "If", "In", "Is", "Are", "For", "And", "To", "Of", "Describe", "Summarize",
      "Summarise", "Give", "Compare", "Does", "Do", "Can", "Should", "Great", "Depression", "Act", "Section", "Article",
      "Employment", "Standards", "Fair", "World", "Health", "Google", "Amazon", "Microsoft");

  private Names() {}

  /** Touches the tables, so that a mistake in them stops the start and not a request. */
  static void ready() {
    if (NO_NAMES.isEmpty() || NO_CAPITALS.isEmpty()) {
      throw new IllegalStateException("no tables");
    }
  }

  /** Whether "my" stands right before {@code start}. */
  static boolean mine(Piece piece, int start) {
    return MINE.in(piece, start - 6, start);
  }

  /** Whether a name or "my" stands in [{@code from}, {@code start}) or [{@code end}, {@code to}); of Chinese names a part may touch the word. */
  static boolean near(Piece piece, int from, int start, int end, int to) {
    return MINE.in(piece, from, start) || named(piece, from, start) || named(piece, end, to);
  }

  private static boolean named(Piece piece, int from, int to) {
    int low = Math.max(0, from);
    int high = Math.min(piece.length, to);
    for (int i = low; i < high; i++) {
      char c = piece.chars[i];
      if (Piece.upper(c) && !Piece.alnum(piece.peek(i - 1))) {
        int end = western(piece, i, high);
        if (end < 0) {
          return true;
        }
        i = end - 1;
      } else if (c > 0x4dff && SURNAMES.indexOf(c) >= 0 && chinese(piece, i, high)) {
        return true;
      }
    }
    return false;
  }

  /** -1 if two capitalised words begin at {@code at}, or a title and one; else where to go on. */
  private static int western(Piece piece, int at, int high) {
    int end = word(piece, at);
    String first = new String(piece.chars, at, end - at);
    boolean title = first.equals("Mr") || first.equals("Mrs") || first.equals("Ms") || first.equals("Dr");
    int next = title && piece.peek(end) == '.' ? end + 1 : end;
    if (!title && (end - at < 2 || NO_CAPITALS.contains(first)) || piece.peek(next) != ' ' || !Piece.upper(piece.peek(next + 1))
        || next + 1 >= high) {
      return end;
    }
    int last = word(piece, next + 1);
    return last - next > 2 && !NO_CAPITALS.contains(new String(piece.chars, next + 1, last - next - 1)) ? -1 : last;
  }

  /** End of a capital letter and the small ones behind it; of a word in capitals or with a digit, where it begins. */
  private static int word(Piece piece, int at) {
    int i = at + 1;
    while (i < piece.length && i - at < 20 && (piece.chars[i] >= 'a' && piece.chars[i] <= 'z' || piece.chars[i] == '-'
        && Piece.upper(piece.peek(i + 1)) || Piece.upper(piece.chars[i]) && i > at + 1
        || piece.chars[i] == '\'' && Piece.upper(piece.peek(i + 1)))) {
      i++;
    }
    return i;
  }

  /** A surname, one or two characters, and then something that ends a name. */
  private static boolean chinese(Piece piece, int at, int high) {
    if (at + 1 >= high || !Nearby.han(piece.peek(at + 1)) || NO_NAMES.contains(new String(piece.chars, at, 2))) {
      return false;
    }
    char before = piece.peek(at - 1);
    boolean opened = !Nearby.han(before) || "工事对对给与和由被退除雇名部门、属乙甲方我".indexOf(before) >= 0 || before == '\u5458';
    for (int end = at + 2; end <= at + 3 && end <= high; end++) {
      char after = piece.peek(end);
      boolean closed = !Nearby.han(after) || "的今月年薪工绩税底因予被已在于等做不入离辞是说把".indexOf(after) >= 0;
      if (closed && opened) {
        return true;
      }
      if (!Nearby.han(after)) {
        return false;
      }
    }
    return false;
  }
}
