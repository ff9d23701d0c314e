package io.tidegate.classify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The words of the built-in lexicon, by topic. Separated by {@code |}; a {@code ~} at an end lets letters follow there (stems, joined names); a space stands
 * for a hyphen or underscore too. ASCII words are matched whole, in any case, also as humps of camelCase names.
 */
final class Words {
  private Words() {}

  static Map<Topic, List<String>> all() {
    Map<Topic, List<String>> words = new EnumMap<>(Topic.class);
    identity(words);
    money(words);
    contact(words);
    secrets(words);
    HealthWords.add(words);
    return words;
  }

  /** Adds the words of {@code list} to a topic. */
  static void put(Map<Topic, List<String>> words, Topic topic, String list) {
    for (String word : list.split("\\|")) {
      if (!word.isBlank()) {
        words.computeIfAbsent(topic, t -> new ArrayList<>()).add(word);
      }
    }
  }

  private static void identity(Map<Topic, List<String>> words) {
    put(words, Topic.CN_ID, "身份证|身分证|身份證|证件号|证件编号|公民身份|居民身份|身份号码|户口本|id card|identity card|idcard|id no|idno|id number|idnumber|sfz~|shenfenzheng"
        + "|证件|身份|实名|resident identity|resident id|citizen id|national id|id_num|certno|cert no|cert id|cardno");
    put(words, Topic.NATIONAL_ID, "national id|national identity|national identification|identity number|identity no|id number|idnumber|id no|id card|identity card|citizen id|nationalid"
        + "|national insurance|nino|aadhaar|aadhar|uidai|social insurance|personnummer|personal number|personal identity|dni|nie|curp|cpf|bsn|pesel"
        + "|burgerservicenummer|codice fiscale|cédula|cedula|carnet de identidad|nric|fin number|mykad|emirates id|identification number|ausweisnummer|personalausweis"
        + "|sozialversicherungsnummer|rentenversicherungsnummer|sv nummer|numéro de sécurité sociale|sécurité sociale|nir|rijksregisternummer|ahv|avs number|fødselsnummer"
        + "|henkilötunnus|hetu|cpr|tckn|tc kimlik|kimlik|thai id|citizen number|rg number|insurance id|government id|voter id|epic no|ssn sin|sin number|my number"
        + "|マイナンバー|個人番号|주민등록번호|주민번호|외국인등록번호|证件号|证件号码|身份证明|台胞证|居留证|国民身份|居留許可|身分證|身份證|身分証|港澳身份证|香港身份证|hkid|rrn|sa id|id番号");
    put(words, Topic.SSN, "ssn|social security|socialsecurity|social sec|soc sec|itin|ss#|ss number|~ssn|ssn~|tax identification|社会安全号|社安号|社会保险号|id number");
    put(words, Topic.TAX_ID, "tax id|taxid|tax identification|tax number|tax no|taxpayer|tin|itin|ein|fein|employer identification|vat|vat number|ust idnr|ust id|ust|steuer id|steueridentifikationsnummer"
        + "|steuernummer|steueridentnummer|idnr|utr|unique taxpayer|nif|cif|siren|siret|partita iva|p iva|codice fiscale|cuit|cuil|rut|cnpj|cpf|abn|acn|tfn|tax file|pan|pan card|pan number"
        + "|permanent account|gstin|gst number|btw nummer|btw|uen|brn|inn|纳税人识别号|税号|纳税号|税务登记|納稅|법인등록번호|사업자등록번호|法人番号|ruc|nit number");
    put(words, Topic.PASSPORT, "passport|passports|passeport|pasaporte|reisepass|reisepassnummer|passaporto|passaporte|paspoort|paszport|pass number|travel document|护照|護照|パスポート番号|旅券|여권|паспорт");
    put(words, Topic.TRAVEL_PERMIT, "通行证|通行證|回乡证|港澳证|台胞证|往来港澳|往来台湾|大陆通行|travel permit|home return permit|exit entry permit|exit permit|居住证");
    put(words, Topic.DRIVER_LICENSE, "driver license|drivers license|driver's license|driver’s license|driving license|driver licence|drivers licence|driver's licence|driving licence|license number|licence number"
        + "|driver lic|dl number|dl no|driverslicense|driverlicense|license no|dln|führerschein|führerscheinnummer|fuehrerschein|permis de conduire|permiso de conducir|licencia de conducir|patente di guida|patente|rijbewijs"
        + "|carteira de motorista|cnh|驾驶证|驾照|行驶证|駕照|運転免許|免許証|운전면허");
    put(words, Topic.VIN, "vin|vehicle identification|chassis number|chassis no|frame number|车架号|车辆识别|车架号码|底盘号|fahrgestellnummer|fin");
    put(words, Topic.PLATE, "license plate|licence plate|number plate|plate number|plate no|plates|registration plate|vehicle registration|车牌|車牌|车辆|号牌|车号|kennzeichen|placa|plaque d'immatriculation|ナンバープレート|번호판");
    put(words, Topic.USCC, "统一社会信用代码|社会信用代码|信用代码|营业执照|组织机构代码|credit code|uscc|usci");
    put(words, Topic.EMPLOYEE_ID, "employee id|emp id|empid|employeeid|staff id|staff no|employee number|employee no|badge number|工号|员工号|员工编号|职工号|personalnummer|社員番号|사번");
    put(words, Topic.INSURANCE_POLICY, "policy number|policy no|policy|insurance policy|insurance number|policy #|保单号|保险单号|保单|保險單|versicherungsnummer|versicherungsschein|numéro de police|claim number");
    put(words, Topic.BIRTH, "dob|d.o.b|birth date|birthdate|date of birth|dateofbirth|birthday|born|birth|geboren|geb|geburtsdatum|né le|née le|date de naissance|fecha de nacimiento|data di nascita|nato il|nata il"
        + "|出生日期|出生年月|出生|生日|生年月日|생년월일|生於|生于|дата рождения");
    put(words, Topic.PERSON_LABEL, "name|full name|fullname|first name|last name|firstname|lastname|patient name|patient|claimant|insured|policyholder|policy holder|member|beneficiary|customer|client|applicant|employee|holder|contact"
        + "|subscriber|account holder|resident|student|guardian|physician|surname|given name|姓名|名字|患者姓名|患者|病人|客户|联系人|收件人|持卡人|申请人|投保人|被保险人|就诊人|户主|氏名|お名前|성명|이름|환자|versicherungsnehmer|nom|nombre");
    put(words, Topic.PERSON_TITLE, "mr.|mrs.|ms.|miss|mr |mrs |ms |dr.|先生|女士|小姐|太太|同学|herr|frau|señor|señora|madame|monsieur");
  }

  private static void money(Map<Topic, List<String>> words) {
    put(words, Topic.CARD, "cc num|cc |card|cards|visa|mastercard|amex|american express|discover|diners|jcb|unionpay|maestro|creditcard|cardnumber|cardnum|debit|cvv|cvc|pan|payment method|kreditkarte|kartennummer|carte bancaire|carte de crédit|tarjeta|carta di credito|cartão"
        + "|银行卡|信用卡|储蓄卡|借记卡|卡号|持卡|刷卡|工资卡|还款卡|收款卡|社保卡|尾号|银联|カード番号|クレジットカード|카드");
    put(words, Topic.BANK_ACCOUNT, "bank account|account number|account no|account num|account #|acct|acct no|account|accounts|acct number|accountnumber|bank number|a/c|a/c no|checking|savings|routing|sort code|direct deposit|wire transfer|bankverbindung|kontonummer|konto|kto|numéro de compte"
        + "|número de cuenta|cuenta bancaria|numero di conto|clabe|bsb|ifsc|银行账号|银行账户|账号|账户|帐号|帐户|开户|汇款|对公账户|收款账号|口座番号|口座|계좌번호|계좌");
    put(words, Topic.IBAN, "iban|bank|bic|swift|überweis~|ueberweis~|bankverbindung|konto|transfer|wire|account|virement|transferencia|bonifico|sepa|银行|汇款|account_iban");
    put(words, Topic.CRYPTO, "bitcoin|btc|ethereum|wallet|eth|crypto|litecoin|usdt|tron|钱包|比特币|以太坊");
    put(words, Topic.MONEY, "salary|salaries|wages|annual salary|base pay|compensation|月薪|年薪|工资|薪资|薪水|薪酬|gehalt");
  }

  private static void contact(Map<Topic, List<String>> words) {
    put(words, Topic.PHONE, "phone|phones|telephone|tel|tel.|mobile|cell|cellphone|callback|call me|call|dial|fax|contact|contact number|whatsapp|hotline|text me|sms|reach me|reach|number is|ring|otp|telefon|telefono|teléfono|téléphone|portable|handy|móvil|mobil|celular|cellulare|telefoonnummer"
        + "|电话|手机|联系方式|手机号|号码|致电|拨打|来电|座机|热线|传真|预留|联系人|联系|微信|短信|電話|手機|携帯|連絡先|연락처|전화|휴대폰|휴대전화|телефон");
    put(words, Topic.ADDRESS, "address|addresses|residence|residing|resides|resident of|lives at|lives in|live at|live in|lived in|living at|home address|mailing|shipping|billing|deliver to|located at|location|moved to|ship to|sent to|street address|anschrift|adresse|wohnhaft|wohnt|dirección|domicilio|indirizzo|endereço"
        + "|地址|住址|住在|家住|户籍|收货|居住|现居|住所|所在地|寄到|送到|取件|通讯地址|籍贯|住所地|住于|位于|住所|ご住所|주소|소재지|адрес");
    put(words, Topic.AT_WORD, "[at]|(at)|{at}|<at>|[dot]|(dot)| at gmail| at outlook| at yahoo| at hotmail");
    put(words, Topic.IP, "ipv4|ipv6|ip address|server ip");
    put(words, Topic.QQ, "qq号|qq号码|qq:|qq：|企鹅号|扣扣|加qq|我的qq|我qq|qq群|qq number");
    put(words, Topic.WECHAT, "微信号|微信id|微信：|微信:|wechat|weixin|加微信|vx:|vx：");
  }

  private static void secrets(Map<Topic, List<String>> words) {
    put(words, Topic.PASSWORD, "password|passwords|passwd|passwort|kennwort|passphrase|passcode|~pwd|pwd|pass|~passwd|~password|userpass|dbpass|contraseña|clave|mot de passe|mdp|senha|wachtwoord|hasło|lösenord|parola|pin code|pincode|pin|login code|密码|口令|密碼|passwd|パスワード|비밀번호|пароль|암호|登录密钥|identified by|sshpass -p");
    put(words, Topic.SECRET, "api key|apikey|api keys|api token|apitoken|access key|accesskey|access token|accesstoken|auth token|authtoken|auth key|authorization|secret|secret key|secretkey|client secret|clientsecret|app secret|appsecret|app key|appkey"
        + "|consumer secret|private key|privatekey|encryption key|signing key|signing secret|master key|service key|session token|session key|refresh token|id token|bot token|deploy token|deploy key|webhook secret|shared secret|sharedaccesskey|accountkey|account key|token|tokens"
        + "|credential|credentials|jwt secret|x api key|license key|recovery code|backup code|密钥|秘钥|令牌|凭证|私钥|访问密钥|服务密钥|密鑰|秘密鍵|トークン|토큰|secret access key|storage key|subscription key");
    put(words, Topic.WEAK_KEY, "~_key|~_token|~_secret|~_pass|~_pw|~_auth|~_cred|~_pwd|~_salt|~key=|~-key|sig=|signature=|sas=");
    put(words, Topic.BEARER, "bearer");
    put(words, Topic.BASIC, "basic");
    put(words, Topic.PEM, "-----begin~|putty-user-key-file|~b3blbnnzac1rzxktdje~|~miievqibadanbgkqhkig9w0baqefaasc~|~miiepaibaak~|~miieowibaak~|~miieogibaak~|~miiepqibaak~|~miicxaibaakb~|age-secret-key-1~|private-lines|<rsakeyvalue>");
    put(words, Topic.SCHEME, "~://~");
    put(words, Topic.DATA_URI, "data:~");
    put(words, Topic.WEBHOOK, "hooks.slack.com/~|discord.com/api/webhooks/~|discordapp.com/api/webhooks/~|webhook.office.com/~|open.feishu.cn/open-apis/bot/~|qyapi.weixin.qq.com/cgi-bin/webhook/send?key=~|oapi.dingtalk.com/robot/send?access_token=~|chat.googleapis.com/v1/spaces/~|hooks.zapier.com/hooks/~|api.telegram.org/bot~|hook.eu1.make.com/~");
  }
}
