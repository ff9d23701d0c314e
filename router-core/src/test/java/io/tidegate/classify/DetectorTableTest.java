package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each built-in detector: valid, invalid check digit, with and without context, separated. {@code type likelihood text}; {@code -} means less than POSSIBLE. */
@DisplayName("A6 A9 what each detector sees")
class DetectorTableTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());

  private static final String TABLE = """
      CN_ID VERY_LIKELY 11010519491231002X
      CN_ID VERY_LIKELY order 11010519491231002x has shipped
      CN_ID VERY_LIKELY 110105 19491231 002X
      CN_ID VERY_LIKELY 110105-19491231-002-X
      CN_ID VERY_LIKELY 1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X
      CN_ID LIKELY 身份证号码：110105194912310021
      CN_ID POSSIBLE 编号 110105194912310021 的工单
      CN_ID - 110105194913310021
      CN_ID - 990105194912310021
      CN_ID LIKELY 旧身份证 110105491231002
      CN_ID - 流量 110105491231002 字节
      CN_ID VERY_LIKELY 110105/19491231/002x
      CN_ID LIKELY X20013219491501011
      CN_USCC VERY_LIKELY 统一社会信用代码 91350100M000100Y43
      CN_USCC LIKELY 统一社会信用代码 91350100M000100Y44
      CN_USCC POSSIBLE 91350100M000100Y44
      CREDIT_CARD VERY_LIKELY 4539578763621486
      CREDIT_CARD VERY_LIKELY 4539-5787-6362-1486
      CREDIT_CARD VERY_LIKELY 3782 822463 10005
      CREDIT_CARD LIKELY 30569309025904
      CREDIT_CARD LIKELY my card number is 4539 5787 6362 1487
      CREDIT_CARD POSSIBLE 4539578763621487
      CREDIT_CARD - 4006381333931
      CREDIT_CARD VERY_LIKELY visa card 4222222222222
      CREDIT_CARD - 0.4539578763621486
      CREDIT_CARD VERY_LIKELY card 4539,5787,6362,1486
      CREDIT_CARD - [4081, 4539,5787,6362,1486, 57]
      CREDIT_CARD - 3 4 5 3 9 5 7 8 7 6 3 6 2 1 4 8 6
      CN_BANK_CARD VERY_LIKELY 6228482818662010
      CN_BANK_CARD LIKELY 银行卡 6228482818662011
      PHONE LIKELY 13812345678
      PHONE VERY_LIKELY 手机 138-1234-5678
      PHONE POSSIBLE 订单 13812345678
      PHONE POSSIBLE 13800000000 / 4 + 17
      PHONE - 1.13812345678
      PHONE - a13812345678b7
      PHONE LIKELY 0571-87654321
      PHONE LIKELY (415) 555-2671
      PHONE LIKELY 415.555.2671
      PHONE - 415 555 2671 rows
      PHONE LIKELY +44 20 7946 0958
      PHONE LIKELY tel: 020 7946 0958
      PHONE LIKELY call me at 415 5552
      PHONE - I call functions 5000000 times
      PHONE LIKELY 090-1234-5678
      EMAIL VERY_LIKELY write to zhang.san+x@corp.example.cn.
      EMAIL - user@host
      EMAIL - @decorator.name
      EMAIL POSSIBLE git@github.com:a/b.git
      EMAIL LIKELY john [at] example [dot] com
      US_SSN LIKELY 078-05-1120
      US_SSN VERY_LIKELY SSN: 078-05-1120
      US_SSN LIKELY ssn 078051120
      US_SSN LIKELY ssn 000-12-3456
      US_SSN LIKELY itin 912-70-1234
      US_SSN POSSIBLE 000-00-0000 is all zeros
      US_SSN - 078051120
      US_SSN - 1-078-05-1120-9
      IBAN VERY_LIKELY DE89370400440532013000
      IBAN VERY_LIKELY GB82 WEST 1234 5698 7654 32
      IBAN LIKELY IBAN DE89370400440532013001
      IBAN POSSIBLE DE89370400440532013001
      PASSPORT VERY_LIKELY 护照号E12345678
      PASSPORT POSSIBLE E12345678
      PASSPORT LIKELY Passport No. 533380006
      PASSPORT - passport needed in 2024
      CN_TRAVEL_PERMIT LIKELY 港澳通行证 C12345678
      NATIONAL_ID VERY_LIKELY A123456(3)
      NATIONAL_ID POSSIBLE A123456(4)
      NATIONAL_ID VERY_LIKELY 台灣身分證 A123456789
      NATIONAL_ID - SKU B123456789
      NATIONAL_ID VERY_LIKELY 529.982.247-25
      NATIONAL_ID VERY_LIKELY Aadhaar 2345 6789 0124
      NATIONAL_ID LIKELY Aadhaar 2345 6789 0125
      NATIONAL_ID LIKELY 850315-1234567
      NATIONAL_ID LIKELY AB 12 34 56 C
      NATIONAL_ID LIKELY DNI 12345678Z
      LICENSE_PLATE LIKELY 京A12345在小区停放
      LICENSE_PLATE LIKELY 沪A·D12345
      LICENSE_PLATE - 京AB12
      MEDICAL_RECORD LIKELY 病历号：20240315001
      MEDICAL_RECORD LIKELY MRN: 00847291
      MEDICAL_RECORD LIKELY "mrn": "MRN-1026229"
      MEDICAL_RECORD - 病历号XXX
      HEALTH_ID VERY_LIKELY NHS number 943 476 5919
      HEALTH_ID LIKELY NHS number 943 476 5918
      HEALTH_ID VERY_LIKELY patient 1EG4-TE5-MK73
      HEALTH_ID LIKELY 医保卡号 C12345678901
      PROVIDER_ID VERY_LIKELY NPI 1245319599
      PROVIDER_ID LIKELY NPI 1245319598
      BANK_ACCOUNT LIKELY Account: 123456789012
      BANK_ACCOUNT LIKELY 账号 31050161363600000123
      BANK_ACCOUNT - accounts created on 2024-03-15
      TAX_ID LIKELY EIN: 20-9259105
      TAX_ID LIKELY Steuer-ID: 57 234 891 067
      TAX_ID LIKELY PAN: BXRPK4321F
      DRIVER_LICENSE LIKELY my driver's license number is D1234-56789
      DRIVER_LICENSE - driver license renewal
      VIN LIKELY 1HGCM82633A004352
      VIN VERY_LIKELY VIN 1HGCM82633A004352
      VIN LIKELY 车架号 1HGCM82633A004353
      MAC_ADDRESS VERY_LIKELY 0c:ef:56:21:62:db
      MAC_ADDRESS VERY_LIKELY ce:02:36:9e:d2:3a
      IP_ADDRESS LIKELY 203.160.185.41
      IP_ADDRESS - 10.15.7.2222
      IP_ADDRESS LIKELY 2001:db8::8a2e:370:7334
      CRYPTO_WALLET VERY_LIKELY 1BoatSLRHtKNngkdXEeobR76b53LETtpyT
      CRYPTO_WALLET VERY_LIKELY bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4
      PASSWORD LIKELY password: hunter2
      PASSWORD LIKELY 我的密码是Abc123456
      PASSWORD LIKELY db_password = "letmein"
      PASSWORD LIKELY dbPass: "ULqRYp9zdWAcK1m"
      PASSWORD LIKELY CREATE USER 'a' IDENTIFIED BY 'nbXaFntUEWBfsQ'
      PASSWORD LIKELY wifi密码 qwer1234，别告诉别人
      PASSWORD LIKELY root账号的密码改成了Root@2024
      PASSWORD LIKELY password: letmein
      PASSWORD LIKELY <password>hunter22</password>
      PASSWORD LIKELY login: bob / pass: b0bsT3r
      PASSWORD LIKELY パスワード：Tokyo2024!
      PASSWORD - password = base64.b16encode(random_bytes[8:])
      PASSWORD - pass to StartServiceByName (none)
      PASSWORD - password: ********
      PASSWORD - password = os.environ["PW"]
      PASSWORD - password: <your password>
      PASSWORD - PASSWORD=${DB_PASSWORD}
      PASSWORD - 密码长度为8到20位
      SECRET LIKELY api_key = "9K5Dcz7CV!Qt"
      SECRET LIKELY Authorization: Bearer IPxf6BRV8xq5
      SECRET - token: 4096
      SECRET - api_key=your_api_key_here
      CONNECTION_STRING VERY_LIKELY postgresql://svc:wbgCmNY1z1@db-01:5432/orders
      CONNECTION_STRING POSSIBLE postgres://user:password@localhost/db
      CONNECTION_STRING - https://example.com:8443/a@b
      HEALTH LIKELY 患者：张三，男，45岁，2型糖尿病
      HEALTH LIKELY My mother was diagnosed with diabetes
      HEALTH LIKELY 我有高血压，能喝酒吗
      HEALTH VERY_LIKELY Name: Jane Doe. Diagnosis: major depressive disorder
      HEALTH LIKELY 医生说我是乙肝小三阳
      HEALTH LIKELY Mr. Johnson has stage 3 lung cancer
      HEALTH LIKELY Patient is a 67 y/o female with COPD
      HEALTH - I was reading about HIV research
      HEALTH - define hypertension
      HEALTH - 糖尿病的早期症状有哪些
      DATE_OF_BIRTH LIKELY DOB: 04/17/1985
      DATE_OF_BIRTH LIKELY 1995年8月18日出生
      DATE_OF_BIRTH - the release date is 2024-01-01
      ADDRESS LIKELY 8968 Walnut St, Clinton, CT 87609
      ADDRESS LIKELY 北京市海淀区中关村大街1号
      ADDRESS - 从人民路到解放路
      EMPLOYEE_ID LIKELY 工号：E001234
      INSURANCE_POLICY_NUMBER LIKELY Policy: POL-3584861
      QQ LIKELY QQ号 123456789
      PERSON POSSIBLE Name: Jane Doe
      SALARY LIKELY 张伟的月薪是28500元
      SALARY POSSIBLE 月薪 8000 起
      TERMINATION LIKELY severance for Emily Clark
      TERMINATION - severance was discussed
      PERFORMANCE_REVIEW - 绩效 很 重要
      STATE_SECRET VERY_LIKELY 机密★5年
      STATE_SECRET - 商业秘密
      COURT_CASE_NUMBER VERY_LIKELY （2023）京0105民初12345号
      DOCKET_NUMBER VERY_LIKELY 3:22-cv-04567
      CONTRACT_NUMBER LIKELY 合同编号：HT-2024-0312
      """;

  static Stream<Arguments> rows() {
    List<Arguments> rows = new ArrayList<>();
    for (String line : TABLE.split("\n")) {
      String[] parts = line.split(" ", 3);
      rows.add(Arguments.of(parts[0], parts[1], parts[2]));
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("rows")
  void seesWhatTheTableSays(String type, String likelihood, String text) {
    Findings findings = Texts.scanChat(CLASSIFIER, text);
    assertThat(findings.troubles()).isEmpty();
    Likelihood best = Texts.best(findings).get(type);
    if (likelihood.equals("-")) {
      assertThat(best == null || best.compareTo(Likelihood.POSSIBLE) < 0 || best == Likelihood.POSSIBLE && type.matches("PASSWORD|SECRET|HEALTH|ADDRESS")).as("%s", best).isTrue();
    } else {
      assertThat(best).isNotNull().isGreaterThanOrEqualTo(Likelihood.valueOf(likelihood));
      if (likelihood.equals("POSSIBLE")) {
        assertThat(best).isEqualTo(Likelihood.POSSIBLE);
      }
    }
  }

  /** Prefix and body stand apart, so that no scanner of repositories takes this file for a leak. */
  static Stream<String> tokens() {
    String body = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7bC9dE";
    String hex = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
    return Stream.of("AKIA" + "7WW6EVDNHPUJUIIT", "ghp" + "_" + body.substring(0, 36), "gho" + "_" + body.substring(0, 36), "github" + "_pat_" + body + "_" + body, "glpat" + "-" + body.substring(0, 20),
        "xoxb" + "-123456789012-1234567890123-" + body.substring(0, 24), "sk_" + "live_" + body.substring(0, 24), "rk_" + "live_" + body.substring(0, 24), "whsec" + "_" + body.substring(0, 32),
        "AIza" + body.substring(0, 35), "GOCSPX" + "-" + body.substring(0, 28), "ya29" + "." + body, "sk-" + hex.substring(0, 32), "sk-" + "proj-" + body, "sk-" + "ant-api03-" + body, "gsk" + "_" + body + body.substring(0, 11),
        "hf" + "_" + body.substring(0, 34), "r8" + "_" + body.substring(0, 37), "xai" + "-" + body + body, "npm" + "_" + body.substring(0, 36), "pypi" + "-AgEI" + body + body, "dckr" + "_pat_" + body.substring(0, 27),
        "SG" + "." + body.substring(0, 22) + "." + body + "x3", "key" + "-" + hex.substring(0, 32), "xkeysib" + "-" + hex + "-" + body.substring(0, 16), "dop" + "_v1_" + hex, "shpat" + "_" + hex.substring(0, 32),
        "sq0csp" + "-" + body + "ab", "dapi" + hex.substring(0, 32), "NRAK" + "-" + body.substring(0, 27), "glsa" + "_" + body.substring(0, 32) + "_1a2b3c4d", "hvs" + "." + body, "dp.pt" + "." + body + "a1", "pul" + "-" + hex.substring(0, 40),
        "lin" + "_api_" + body.substring(0, 40), "secret" + "_" + body + "a1", "ntn" + "_" + body + "a1b2", "ATATT3" + body + body + body, "figd" + "_" + body, "PMAK" + "-" + hex.substring(0, 24) + "-" + hex.substring(0, 34),
        "pat" + "-na1-" + "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "LTAI" + body.substring(0, 20), "AKID" + body.substring(0, 32), "tskey" + "-auth-" + body, "sqp" + "_" + hex.substring(0, 40), "nvapi" + "-" + body + body.substring(0, 20),
        "pplx" + "-" + body + "abcdef12", "pcsk" + "_" + body + "_" + body, "lsv2" + "_pt_" + hex.substring(0, 32) + "_1a2b3c4d5e", "AGE-SECRET-" + "KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHC", "110201543" + ":" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
        "AC" + hex.substring(0, 32), hex.substring(0, 32) + "-us12", "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GhIjKl." + "abcdefghijKLMNOPqrstuv12345", "https://hooks.slack" + ".com/services/T0ABC1234/B0ABC1234/" + body.substring(0, 24),
        "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "v1.0-" + hex.substring(0, 24) + "-" + hex + hex + "ab0123456789abcdef", "abc8Q" + "~" + body.substring(0, 34),
        "shippo" + "_live_" + hex.substring(0, 40), "rzp" + "_live_" + body.substring(0, 14), "phx" + "_" + body, "CCIPAT" + "_" + body + "_" + body.substring(0, 10), "sbp" + "_" + hex.substring(0, 40), "pscale" + "_tkn_" + body, "vcp" + "_" + body.substring(0, 24), "glptt" + "-" + hex.substring(0, 40));
  }

  @ParameterizedTest(name = "token {index}")
  @MethodSource("tokens")
  void knowsVendorTokens(String token) {
    Findings findings = Texts.scanChat(CLASSIFIER, "请看看这段配置 " + token + " ，谢谢");
    assertThat(Texts.best(findings)).as("token starting with %s", token.substring(0, 4)).containsEntry("SECRET", Likelihood.VERY_LIKELY);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void knowsPrivateKeys(String name, String text, Likelihood expected) {
    assertThat(Texts.best(Texts.scanChat(CLASSIFIER, text)).get("PRIVATE_KEY")).isEqualTo(expected);
  }

  static Stream<Arguments> keys() {
    String head = "-----BEGIN ";
    String body = "MIIEvQIBADANBgkq" + "hkiG9w0BAQEFAASCBKcwggSj";
    return Stream.of(Arguments.of("rsa", head + "RSA PRIVATE KEY-----\n" + body, Likelihood.VERY_LIKELY), Arguments.of("pkcs8 with written line ends", head + "PRIVATE KEY-----\\n" + body + "\\n", Likelihood.VERY_LIKELY),
        Arguments.of("openssh", head + "OPENSSH PRIVATE KEY-----\n" + body, Likelihood.VERY_LIKELY), Arguments.of("pgp", head + "PGP PRIVATE KEY BLOCK-----\n\n" + body, Likelihood.VERY_LIKELY),
        Arguments.of("header only", "what does " + head + "RSA PRIVATE KEY----- mean?", Likelihood.POSSIBLE), Arguments.of("encrypted", head + "ENCRYPTED PRIVATE KEY-----\n" + body, Likelihood.VERY_LIKELY));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(strings = {" ", "\n", ", ", " | "})
  @DisplayName("cards side by side are all seen")
  void cardsInARow(String between) {
    String text = String.join(between, "4539 5787 6362 1486", "4012 8888 8888 1881", "5105-1051-0510-5100");
    assertThat(Texts.scanChat(CLASSIFIER, text).list()).filteredOn(f -> f.type().equals("CREDIT_CARD") && f.likelihood() == Likelihood.VERY_LIKELY && f.end() - f.start() == 19).hasSize(3);
  }

  @org.junit.jupiter.api.Test
  @DisplayName("findings say where: the node, and UTF-16 units of the decoded string")
  void placesAreUnitsOfTheString() {
    io.tidegate.wire.JsonText json = Texts.json("{\"messages\":[{\"role\":\"user\",\"content\":\"\\u8eab\\ud83d\\ude00 a@b.example x\"}]}");
    Classifier.Scan scan = CLASSIFIER.begin(json);
    assertThat(scan.run(1_000_000)).isTrue();
    io.tidegate.model.Finding finding = scan.findings().list().get(0);
    String text = json.string(finding.place());
    assertThat(text.substring(finding.start(), finding.end())).isEqualTo("a@b.example");
    assertThat(finding.detector()).isEqualTo("email");
  }
}
