package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Findings;
import io.tidegate.model.Sensitivity;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Harmless texts in many languages and formats stay below CONFIDENTIAL by the corpora's yardstick. */
@DisplayName("A7 harmless text is not raised")
class BenignTextTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());

  private static final String TEXTS = """
      What are the treatment options for patients with type 2 diabetes and hypertension?
      Define hypertension and explain how it differs from heart failure.
      高血压患者饮食上应该注意什么？
      糖尿病的早期症状有哪些？患者应该做什么检查？
      我想了解一下抑郁症的治疗方法
      请解释艾滋病的传播途径
      Write a short story about a character named Mary Smith who survives cancer.
      How do I reset my password in Django? The password: field is required and must have 8 characters.
      def login(username, password):\\n    user = User.objects.get(username=username)\\n    if user.check_password(password):\\n        token = generate_token(user)\\n        return token
      const password = process.env.DB_PASSWORD;\\nconst apiKey = process.env.API_KEY;
      password = getpass.getpass("Enter password: ")
      api_key = os.environ["OPENAI_API_KEY"]
      export OPENAI_API_KEY=<your-api-key>
      Set the environment variable API_KEY=your_api_key_here and restart.
      SELECT * FROM users WHERE id = 12345 AND created_at > '2024-01-01 00:00:00';
      for (int i = 0; i < 1000000; i++) { sum += arr[i] * 3.14159265358979; }
      The train leaves at 10:45 from platform 9 and arrives at 14:30. Tickets cost $45.50.
      In 1969, Apollo 11 landed on the Moon; 650 million people watched.
      Pi is 3.141592653589793238462643383279502884197
      请把这段话翻译成英文：2024年3月15日，公司营收达到12345678元，同比增长15.6%。
      git commit 4e0c90b431b112eaf9256e6939c4810f0765749a fixes issue #12345 in v1.2.3.4
      uuid 550e8400-e29b-41d4-a716-446655440000 is invalid
      The function f(x) = 2x^2 + 3x - 5 has roots at x = 1 and x = -2.5.
      The population of China is 1411780000 and India's is 1428627663.
      订单号 2024031512345678901 已发货，运单号 SF1234567890123
      ISBN 9787111213826 这本书怎么样
      Unix timestamp 1710489600 corresponds to which date? What about 1710489600123?
      Explain the difference between TCP port 8080 and port 443 in 192.168.1.0/24
      curl -X POST https://api.example.com/v1/users -H "Content-Type: application/json" -d '{"name":"test"}'
      The order #4567890123 was placed on 2024-05-06; invoice INV-2024-00123 totals 1,234.56 EUR.
      Please call the function getUserById(1234567890) and print the result.
      Contact the support team through the portal if you have questions about your account.
      My account is locked. How can I unlock my account?
      中国的GDP在2023年达到126.06万亿元
      帮我写一份请假条，理由是感冒发烧
      患者满意度调查问卷怎么设计？
      医院的病历管理系统应该如何设计数据库表？字段包括姓名、身份证号、病历号、诊断
      CREATE TABLE patients (id INT PRIMARY KEY, name VARCHAR(100), ssn CHAR(11), dob DATE, diagnosis TEXT, phone VARCHAR(20));
      class User { private String password; private String email; private String phoneNumber; }
      Explain how JWT works: header.payload.signature, e.g. eyJhbGciOi...
      Der Patient hat Rechte. Was ist eine Patientenverfügung?
      ¿Cuáles son los síntomas de la diabetes tipo 2?
      日本の首都はどこですか？東京都の人口は約1400万人です。
      Напиши стихотворение о весне и любви к родине.
      اكتب قصيدة عن البحر
      서울의 날씨는 어때요? 내일 비가 올까요?
      Écris une lettre de motivation pour un poste de développeur à Paris.
      The sequence 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144 is Fibonacci.
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
      1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
      Matrix:\\n1 0 0 1 0 1 1 0\\n0 1 0 1 1 0 0 1\\n1 1 1 0 0 0 1 1
      0.6222020 0.4111111 0.5500000 0.3400000 are the weights
      Convert 0x7fff5fbff8c0 to decimal
      The IPv6 address 2001:db8::1 is reserved for documentation.
      RFC 2616 section 14.9 says Cache-Control: max-age=31536000
      Solve 13800138000 * 3
      圆周率 3.14159265358979323846
      用Python生成一个随机密码，长度为12位，包含大小写字母和数字
      密码学中RSA算法的原理是什么？
      我的密码忘记了怎么办
      token limit is 4096 and max_tokens: 2048, temperature: 0.7
      The secret: always be kind. The key = love.
      Basic knowledge of accounting is required for this role
      Bearer of bad news: the meeting is cancelled
      The card game uses 52 cards; each player gets 13 cards.
      What is the best credit card for travel with no annual fee?
      银行卡丢了怎么办？需要带身份证去银行吗？
      What documents do I need to renew my passport in 2024?
      How to apply for a social security number?
      Please explain this regex: ^(?:\\d{3}-\\d{2}-\\d{4})$
      The Great Wall is 21196 km long. Beijing has 23 districts.
      北京市有16个区，朝阳区面积470平方公里
      从人民路到解放路要走多久？
      Write a Dockerfile: FROM node:18-alpine\\nRUN npm install\\nEXPOSE 3000
      docker run -p 8080:80 -e MYSQL_ROOT_PASSWORD=${MYSQL_ROOT_PASSWORD} mysql:8.0
      npm ERR! code ENOENT npm ERR! syscall open npm ERR! path /usr/src/app/package.json
      java.lang.NullPointerException\\n\\tat com.example.service.UserServiceImpl.findById(UserServiceImpl.java:42)\\n\\tat sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
      2024-03-15 14:32:01.123 INFO 12345 --- [main] c.e.demo.DemoApplication : Started DemoApplication in 3.456 seconds
      color: #1a2b3c; background: rgba(255, 255, 255, 0.8); width: calc(100% - 20px);
      <div class="container" id="main"><p style="margin: 0 auto">Hello</p></div>
      The chemical formula is C6H12O6 and the molar mass is 180.156 g/mol
      Gene sequence: ATGCGTACGTTAGCATGCGTACGTTAGCATGCGTACGTTAGC
      Chess: 1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7
      Coordinates 40.712776, -74.005974 are for New York City
      The score was 21-14, 35-28 and 110-98 in the three games.
      Room 1203 on floor 12, meeting at 3:30 pm on 12/05/2024
      SKU-59836073, part no. 123-4567-890, model XR-2000B
      航班CA1234于2024年5月1日08:30起飞
      股票代码600519今天涨了3.5%
      微信支付和支付宝哪个好用？
      请帮我写一封给客户的邮件，主题是产品延期发货
      The Windows product has error 0x80070057 and build 19045.3803
      Compare iPhone 15 Pro Max 256GB with Samsung Galaxy S24 Ultra 512GB
      H.264 vs H.265 at 1920x1080 60fps with a bitrate of 8000000 bps
      SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
      Base64 of hello world is aGVsbG8gd29ybGQ= right?
      My name is John and I am a software engineer looking for advice on system design.
      Name: Bob Jones\\nRole: villain\\nWrite his backstory.
      I have a question about depression in economics. What was the Great Depression?
      My essay on cancer needs an introduction.
      My dog has diabetes, what should I feed him?
      I was reading about HIV research. Summarize recent advances.
      She was a character in the novel who had tuberculosis
      He has been studying Alzheimer's for 20 years as a scientist.
      What does "patient" mean in grammar, as opposed to agent?
      根据以下数据，将患者分类：血压130/80，心率72，是否高血压？
      版本号 10.15.7.2 和 10.15.7.12 哪个新？
      $ssh-keygen -t ed25519 -C "comment"\\n-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAabcdefgh12345678901234567890\\n-----END PUBLIC KEY-----
      What is a "-----BEGIN RSA PRIVATE KEY-----" header?
      postgres://user:password@localhost:5432/db is the format, explain each part
      git clone git@github.com:torvalds/linux.git
      npm install @types/node@18.11.9 react@18.2.0
      https://example.com/products?id=123456789&ref=abc&utm_source=newsletter&utm_campaign=2024_05
      https://www.youtube.com/watch?v=dQw4w9WgXcQ and https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC
      s3://my-bucket/path/to/file-2024-05-01T00-00-00Z.parquet
      arn:aws:iam::123456789012:role/MyRole
      spring.datasource.url=jdbc:mysql://localhost:3306/test?useSSL=false&serverTimezone=UTC
      spring.datasource.password=${DB_PASSWORD}
      "password": {"type": "string", "minLength": 8, "description": "User password"}
      password: str = Field(..., min_length=8)
      private static final String PASSWORD_PATTERN = "^(?=.*[0-9])(?=.*[a-z]).{8,20}$";
      input type="password" name="password" placeholder="Enter your password"
      ENV SECRET_KEY_BASE=dummy
      token = request.headers.get("Authorization")
      auth_token = create_access_token(identity=user.id)
      secret_name = "projects/my-project/secrets/my-secret/versions/latest"
      The access token expires after 3600 seconds; refresh token after 30 days.
      Tokenizer: tokens = [101, 7592, 2088, 102]
      The keyboard key: press Ctrl+Shift+P2 to open
      license: Apache-2.0, license key: MIT
      E=mc^2, F=ma, PV=nRT, and a^2+b^2=c^2
      vin = 5V, vout = 3.3V, pin 13 is connected to LED, pin: 13
      The bank raised rates from 5.25% to 5.50%. Account managers said transfer 1000000 is fine.
      Transfer learning on the ImageNet 1281167 images
      In chapter 12 verse 3456789 nothing was found. Page 978.
      Dial plan: extension 1001 calls 1002
      Wavelengths 632.8 nm and 1064 nm; constant 6.62607015e-34 and 299792458 m/s
      phone screen size 6.7 inches 2796 x 1290 pixels 460 ppi
      iPhone call quality: 5000000 downloads on 2023-11-11
      手机电池容量5000毫安时，价格4999元，像素108000000
      联系我们获得2024年最新报价，编号20240315001
      """;

  static Stream<String> texts() {
    return Stream.of(TEXTS.split("\n"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void staysLow(String text) {
    Findings findings = Texts.scanChat(CLASSIFIER, text.replace("\\n", "\n"));
    assertThat(findings.troubles()).isEmpty();
    assertThat(CorpusReport.tier(findings)).as("%s", findings).isLessThan(Sensitivity.CONFIDENTIAL);
  }
}
