package io.tidegate.classify;

import java.util.ArrayList;
import java.util.List;

/**
 * Token forms that vendors publish, so that scanners can know them: prefix, alphabet and length of the rest. The forms are the vendors' documented
 * ones as of 2026; lengths are given with some room, since vendors grow them.
 */
final class VendorTokens {
  /**
   * @param prefix as written, case counts
   * @param alphabet of the rest: {@code A} alphanumeric, {@code W} and hyphen, underscore, {@code D} and dots too, {@code B} base64, {@code H} hexadecimal,
   *     {@code U} upper case and digits
   */
  record Form(String prefix, char alphabet, int min, int max) {}

  private static final String TABLE = """
      8Q~ D 30 40|eyJ W 12 2000
      AKIA U 16 16|ASIA U 16 16|ABIA U 16 16|ACCA U 16 16|AROA U 16 17|AIDA U 16 17|AGPA U 16 17|ANPA U 16 17|ANVA U 16 17|AIPA U 16 17
      ghp_ A 30 255|gho_ A 30 255|ghu_ A 30 255|ghs_ A 30 255|ghr_ A 30 255|github_pat_ W 40 255
      glpat- D 20 300|gldt- W 20 64|glrt- D 20 300|glcbt- W 20 300|glptt- W 20 64|glft- W 20 64|glsoat- W 20 64|glimt- W 20 64|glagent- W 20 64|gloas- W 20 80|glffct- W 20 64|glwt- W 20 64
      xoxb- W 20 255|xoxp- W 20 255|xoxa- W 20 255|xoxr- W 20 255|xoxs- W 20 255|xoxe- W 20 400|xoxc- W 20 255|xoxd- B 20 400|xapp- W 20 255|xoxe.xoxp- W 20 400|xoxe.xoxb- W 20 400
      sk_live_ A 16 255|sk_test_ A 16 255|rk_live_ A 16 255|rk_test_ A 16 255|whsec_ B 16 255
      AIza W 35 35|ya29. D 20 500|GOCSPX- W 24 40|1//0 W 30 200
      sk-proj- W 20 300|sk-svcacct- W 20 300|sk-admin- W 20 300|sk-ant- W 20 200|sk-or- W 20 120|sk-lf- W 20 80|sk- W 20 300|sess- A 40 40
      gsk_ A 40 80|pplx- A 32 80|r8_ A 30 60|xai- A 40 120|nvapi- W 40 120|csk- A 30 80|tvly- W 20 60|jina_ A 40 80|hf_ A 30 60|api_org_ A 30 60|fw_ A 20 60|pcsk_ W 40 120|lsv2_pt_ W 30 80|lsv2_sk_ W 30 80|e2b_ H 30 60|fc- H 32 32|voyage- A 30 60|pa- W 40 60
      npm_ A 30 60|pypi-AgEI W 30 400|pypi- W 60 400|rubygems_ H 48 48|oy2 A 43 43|dckr_pat_ W 24 60|dckr_oat_ W 24 80|cio A 32 40|CLOJARS_ H 60 60
      SG. D 60 70|key- H 32 32|xkeysib- W 64 100|xsmtpsib- W 64 100|re_ W 24 60|pubkey- H 32 32|mailgun- A 20 60
      dop_v1_ H 64 64|doo_v1_ H 64 64|dor_v1_ H 64 64|HRKU- W 30 80|fo1_ W 30 80|fm2_ B 60 800|rnd_ A 24 60|nfp_ A 30 60|nfc_ A 30 60|vcp_ A 20 60|vercel_blob_rw_ W 20 80|sbp_ H 40 48|sb_secret_ W 20 60|pscale_tkn_ D 32 64|pscale_pw_ D 32 64|pscale_oauth_ D 32 64|napi_ A 40 80|mdb_sa_sk_ W 20 80|rlwy_ A 20 60
      shpat_ H 32 32|shpca_ H 32 32|shppa_ H 32 32|shpss_ H 32 32|shptka_ H 32 32|sq0atp- W 22 60|sq0csp- W 40 60|sq0idp- W 20 60|EAAAE W 50 80|EAAAl W 50 80|access-sandbox- W 36 36|access-production- W 36 36|access-development- W 36 36|rzp_live_ A 14 20|rzp_test_ A 14 20|FLWSECK- W 30 60|FLWSECK_TEST- W 12 60
      dapi H 32 34|dt0c01. D 80 100|dt0s16. D 80 100|NRAK- A 27 27|NRJS- H 19 19|NRII- W 32 40|NRIQ- W 32 40|NRRA- A 30 60|glsa_ W 38 50|glc_ B 30 400|sntrys_ B 40 300|sntryu_ H 64 64|hcaik_ A 58 64|hcalk_ A 40 64|ddp_ A 30 60|dda_ A 30 60|ddapi A 30 60
      hvs. W 24 300|hvb. W 100 300|hvr. W 24 300|dp.pt. A 40 44|dp.st. D 40 80|dp.ct. A 40 44|dp.sa. A 40 44|dp.scim. A 40 44|dp.audit. A 40 44|ops_eyJ B 100 2000|pul- H 40 40|AGE-SECRET-KEY-1 U 50 60|infisical_ W 20 60
      lin_api_ A 32 64|lin_oauth_ H 32 80|secret_ A 40 50|ntn_ A 36 60|ATATT3 B 100 300|ATCTT3 B 100 300|ATSTT3 B 100 300|BBDC- A 40 48|ATTA A 60 80|ATBB A 32 36|figd_ W 30 60|figu_ W 30 60|figoh_ W 30 60|PMAK- W 50 80|PMAT- A 20 40|rdme_ A 60 80|tfp_ W 40 70|pat-na1- W 36 36|pat-eu1- W 36 36|CFPAT- W 40 50|sk.eyJ D 40 200|patA D 70 90
      v1.0- W 120 190|cfut_ W 30 80|cfat_ W 30 80|cfk_ W 30 80|CFK- A 30 60
      LTAI A 12 24|AKID A 28 40|AKLT W 30 60|ALTAK A 20 24|bce-v3/ALTAK- W 20 100|AQVN W 30 40|y0_ W 40 80|t1. D 80 300|wxk_ A 20 60|JDC_ U 20 40
      tskey-auth- W 20 80|tskey-api- W 20 80|tskey-client- W 20 80|tk-us- A 30 60|BBFF- A 30 40|duffel_live_ W 40 50|duffel_test_ W 40 50|EZAK A 50 60|EZTK A 50 60|shippo_live_ H 40 40|shippo_test_ H 40 40|fio-u- W 60 70|p8e- A 30 36|sl. W 60 1400|IGQV W 80 300|EAACEdEose0cBA A 20 300|EAAG A 100 300|AAAAAAAAAAAAAAAAAAAAA B 40 120
      sqp_ H 40 40|squ_ H 40 40|sqa_ H 40 40|CCIPAT_ W 40 80|bkua_ H 40 40|AKCp A 60 75|cmVmdGtu B 40 80|API- U 25 32|pnu_ A 30 40|pnb_ A 30 40|sdk- W 36 36|mob- W 36 36|SCW U 17 17|su A 62 62|tfe. W 60 90|ico- A 32 32|NF- A 40 60|hubspot_ A 30 60|apify_api_ A 30 40|scp-live- A 30 60
      ctx7sk- W 30 60|tgp_v1_ W 40 60|ghcr_ A 30 60|glsp_ A 30 60|sm-api- W 20 60|ak_live_ W 16 80|ak_test_ W 16 80|key_live_ A 20 60|live_sk_ A 20 60|test_sk_ A 20 60|pk_test_sk_ A 20 60|zpka_ W 30 60|phx_ A 30 60|phc_ A 30 60|waka_ W 36 36|stytch_ W 20 60|clerk_ A 20 60|ubs_ A 30 60|tok_live_ A 16 60
      """;

  private static final List<Form> FORMS = forms();

  private VendorTokens() {}

  private static List<Form> forms() {
    List<Form> forms = new ArrayList<>();
    for (String entry : TABLE.split("[|\n]")) {
      String[] parts = entry.strip().split(" ");
      if (parts.length == 4 && parts[0].length() >= 3) {
        forms.add(new Form(parts[0], parts[1].charAt(0), Integer.parseInt(parts[2]), Integer.parseInt(parts[3])));
      }
    }
    return List.copyOf(forms);
  }

  /** All forms; a hit's tag is the index. */
  static List<Form> all() {
    return FORMS;
  }

  /** The prefixes, in the forms' order. */
  static List<String> prefixes() {
    return FORMS.stream().map(Form::prefix).toList();
  }
}
