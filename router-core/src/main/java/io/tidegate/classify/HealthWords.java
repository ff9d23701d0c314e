package io.tidegate.classify;

import java.util.List;
import java.util.Map;

/** Names of diseases, and the words that tie one to a person. Symptoms that everybody has (fever, cough) are left out. */
final class HealthWords {
  private HealthWords() {}

  static void add(Map<Topic, List<String>> words) {
    records(words);
    Words.put(words, Topic.DIAGNOSIS, "diagnosis|diagnoses|diagnosed|diagnosed with|assessment|impression|condition|medical history|past medical history|pmh|presenting complaint|chief complaint|chief complaints|history of|hx of|hpi|prognosis|prescribed|medication|medications|treatment plan|test result|tested positive|positive for"
        + "|admitted|admission|discharge|discharge summary|lab results|biopsy|treated for|suffers from|suffering from|allergies|icd 10|icd10"
        + "|诊断|确诊|初步诊断|主诉|现病史|既往史|过敏史|病史|患有|查出|检出|病情|检查结果|化验|体检|就诊|住院|入院|出院|处方|用药|手术|医嘱|診断|診察|主訴|진단|증상|diagnose|befund|diagnostic|diagnóstico|diagnosi|anamnese");
    Words.put(words, Topic.PATIENT, "patient|patients|patient name|claimant|insured|member|患者|病人|病患|就诊人|환자|paziente|paciente|patientin");
    Words.put(words, Topic.DISEASE, "diabetes|diabetic|hypertension|hypertensive|asthma|cancer|carcinoma|lymphoma|leukemia|leukaemia|melanoma|tumor|tumour|sarcoma|myeloma|glioma|glioblastoma|metastatic|metastasis|hiv|hepatitis|cirrhosis|tuberculosis|syphilis|gonorrhea|chlamydia|herpes|hpv"
        + "|depression|depressive|bipolar|schizophrenia|schizoaffective|anxiety disorder|ptsd|adhd|autism|anorexia|bulimia|ocd|dementia|alzheimer~|parkinson~|epilepsy|epileptic|seizure|seizures|multiple sclerosis|stroke|aneurysm|migraine|migraines|neuropathy"
        + "|arthritis|osteoarthritis|osteoporosis|lupus|fibromyalgia|psoriasis|eczema|dermatitis|gout|scoliosis|fracture|hernia|herniated|bronchitis|pneumonia|copd|emphysema|pulmonary|sleep apnea|pulmonary embolism|cystic fibrosis|covid|influenza|sepsis"
        + "|fibrillation|arrhythmia|tachycardia|bradycardia|heart failure|heart disease|coronary|angina|myocardial|infarction|cardiomyopathy|thrombosis|embolism|hyperlipidemia|high cholesterol|atherosclerosis|anemia|anaemia|hemophilia|thalassemia"
        + "|hypothyroidism|hyperthyroidism|thyroiditis|graves disease|hashimoto~|kidney disease|renal failure|nephritis|nephropathy|dialysis|kidney stones|gastritis|gastroesophageal|gerd|ulcer|ulcerative colitis|colitis|crohn~|celiac|pancreatitis|appendicitis|cholecystitis|gallstones|ibs"
        + "|endometriosis|pcos|infertility|miscarriage|abortion|preeclampsia|gestational|pregnancy|pregnant|ectopic|prostate|prostatitis|erectile dysfunction|glaucoma|cataract|retinopathy|macular|substance abuse|alcoholism|opioid|overdose|addiction|suicidal|self harm"
        + "|htn|dm2|t2dm|cad|chf|ckd|bandscheibenvorfall|krebs|diabète|cáncer|hipertensión"
        + "|高血压|糖尿病|冠心病|心脏病|心肌梗死|心肌梗塞|心梗|心绞痛|心衰|心力衰竭|心律失常|房颤|脑梗|脑出血|脑卒中|中风|癫痫|帕金森|阿尔茨海默|老年痴呆|肝炎|乙肝|丙肝|肝硬化|脂肪肝|肝癌|肺癌|胃癌|乳腺癌|宫颈癌|肠癌|直肠癌|食管癌|胰腺癌|前列腺癌|甲状腺|白血病|淋巴瘤|黑色素瘤|肿瘤|癌症|恶性|转移"
        + "|艾滋病|艾滋|梅毒|淋病|尖锐湿疣|性病|hiv阳性|肺结核|结核|肺炎|支气管炎|哮喘|慢阻肺|新冠|流感|抑郁症|抑郁|双相|躁郁|焦虑症|精神分裂|强迫症|自闭症|孤独症|多动症|厌食症|失眠症|肾炎|肾衰|肾功能|尿毒症|透析|肾结石|胆结石|胆囊炎|胰腺炎|阑尾炎|胃炎|胃溃疡|肠炎|痛风|类风湿|关节炎|红斑狼疮|骨质疏松|骨折"
        + "|腰椎间盘|颈椎病|贫血|血友病|地中海贫血|高血脂|高脂血症|动脉硬化|血栓|甲亢|甲减|怀孕|流产|不孕|不育|宫外孕|子宫肌瘤|卵巢囊肿|多囊卵巢|结节|息肉|囊肿|小三阳|大三阳|乳腺增生|前列腺增生|宫颈|停经|孕早期|白内障|青光眼|湿疹|银屑病|牛皮癣|带状疱疹|过敏性|腰痛|发热待查|糖化血红蛋白|化疗|放疗|高血圧|うつ病|당뇨|고혈압|우울증");
  }

  private static void records(Map<Topic, List<String>> words) {
    Words.put(words, Topic.MEDICAL_RECORD, "mrn|~mrn|medical record|medical record number|medicalrecord|med rec|patient id|patient number|patient no|patientid|chart number|chart no|chart #|hospital number|hospital no|admission number|case number|encounter id|accession number|specimen"
        + "|病历号|病案号|病历编号|住院号|门诊号|就诊号|就诊卡|挂号|诊疗卡|检验号|病人编号|患者编号|患者id|登记号|床号|カルテ番号|患者番号|診察券|차트번호|fallnummer|patientennummer|aktenzeichen");
    Words.put(words, Topic.HEALTH_ID, "nhs number|nhs no|nhs|medicare|medicaid|mbi|hicn|health insurance|health card|healthcard|insurance member|member id|memberid|subscriber id|subscriber number|insurance id|insurance no|health id|ihi|krankenversichertennummer|krankenversicherungsnr|krankenversicherungsnummer|krankenversicherten|versichertennummer|egk|carte vitale|ohip|blue cross|id#"
        + "|医保号|医保卡|医保卡号|医保编号|社保号|社保卡|社保卡号|社会保障号|医疗保险|健康卡|健康保険|保険者番号|被保険者番号|보험번호|medicare number|beneficiary");
    Words.put(words, Topic.PROVIDER, "npi|dea|dea number|provider id|provider number|lanr|bsnr|medical license|gmc");
  }
}
