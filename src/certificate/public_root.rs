//! Roots of public authorities: by them, anybody may have a certificate.
//!
//! A data table: the common name, and the SHA-256 of the public key (SubjectPublicKeyInfo, DER) in hexadecimal, of every
//! root in Mozilla's store as Debian's ca-certificates 20230311 packages it. Sorted by key. Roots that were added later
//! are not known, so nothing may be concluded from absence.

use super::public_key::PublicKey;

/// The name of the public root that has this key; `None` when it is none of those known.
#[must_use]
pub fn public_root(key: &PublicKey) -> Option<&'static str> {
    let wanted = key.digest();
    let found = ROOTS
        .binary_search_by(|(digest, _)| (*digest).cmp(wanted.as_str()))
        .ok()?;
    Some(ROOTS[found].1)
}

/// Whether a public root of that common name is known.
#[must_use]
pub fn is_public_root_name(name: &str) -> bool {
    ROOTS.iter().any(|(_, known)| *known == name)
}

#[rustfmt::skip]
const ROOTS: &[(&str, &str)] = &[
    ("006d7be7555dd82026442c4f1a27a80e89a1989cb87b34448ed2194c18196d5e", "COMODO Certification Authority"),
    ("051cf9fa95e40e9b83edaeda6961f6168c7879c4660172479cdd51ab03cea62b", "XRamp Global Certification Authority"),
    ("05570ae6eb0fceb4210e6db79486b7094caf200401e149b6677441b5f25e449b", "ACCVRAIZ1"),
    ("07e854f26a7cbd389927aa041bfef1b6cd21dd143818ad947dc655a9e587fe88", "IdenTrust Commercial Root CA 1"),
    ("08b3a6335fce5ef48f8f0e543986c07fd18a3b1226129f61864bbd5bdd1f1cc9", "GlobalSign"),
    ("0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3", "ISRG Root X1"),
    ("0c7acaa710226720bbc940349ee2e6148652a89dbf406a232c895f6dc78ebb9a", "QuoVadis Root CA 3"),
    ("0e8bb18bbeefb381be21bfc1a206d317298462ad104855f04a0542699708d3d4", "Sectigo Public Server Authentication Root R46"),
    ("10ba3485ca8bb6880ab9531a4063e4001555561c7f2e055165f49b2d74fc5f6b", "TeliaSonera Root CA v1"),
    ("1255cabe8152fa64df942f7a47417e29f96c1ce11bf8c84ecbe2815cc1280810", "UCA Global G2 Root"),
    ("149f2ee63b9a5e5803240a770dc991fc2e3445e62831c245a49bc4f1f738ff9c", "OISTE WISeKey Global Root GB CA"),
    ("15eed339594b304f8cf847b477371d8d6fec61f4db2b01af589e7c53b35cae4c", "DigiCert Assured ID Root G3"),
    ("15f14ac45c9c7da233d3479164e8137fe35ee0f38ae858183f08410ea82ac4b4", "Starfield Class 2 Certification Authority"),
    ("1ea3c5e43ed66c2da2983a42a4a79b1e906786ce9f1b58621419a00463a87d38", "Entrust.net Certification Authority (2048)"),
    ("1ef64625daa2e5d433d7449ae31a200d1025e0012a8fecfa70932f8b599b75dd", "Certainly Root E1"),
    ("2021917e98263945c859c43f1d73cb4139053c414fa03ca3bc7ee88614298f3b", "USERTrust ECC Certification Authority"),
    ("23f2edff3ede90259a9e30f40af8f912a5e5b3694e6938440341f6060e014ffa", "DigiCert Assured ID Root CA"),
    ("2541e53ba5b3b07acbe7097ac4a03e040c11cf7a6d4a67cb213d558b50167a06", "Hongkong Post Root CA 3"),
    ("2596904dc4d699ae20c2cef4dce47f285937d77464ac370746f52dea76ba0c28", "Secure Global CA"),
    ("25d4913cf587097414d29d26f6c1b1942cd6d64eaf45d0fcf81526adba96d324", "Actalis Authentication Root CA"),
    ("2a4212605aa3e8aecb0fc19806cf3b40b53b95f1a34dbbd6e3ed27230324abb3", "Security Communication RootCA1"),
    ("2a8f2d8af0eb123898f74c866ac3fa669054e23c17bc7a95bd0234192dc635d0", "Go Daddy Root Certificate Authority - G2"),
    ("2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92", "Starfield Services Root Certificate Authority - G2"),
    ("2bcee858158cf5465fc9d76f0dfa312fef25a4dca8501da9b46b67d1fbfa1b64", "GlobalSign Root CA"),
    ("2e06cae1fc20b200e6fb748557a4444bec9317dfff2e4151669e0f7944f0a9e0", "Trustwave Global Certification Authority"),
    ("2fc5667a4b9a2678ed6ac6ad25465fcbf6094bfcd9504097c7a8fa47ade5e888", "AC RAIZ FNMT-RCM"),
    ("3219b09114ff495a3eb6eb00c2efeab34002ae5f0a56c7679ea087a3fa037e4f", "AffirmTrust Premium ECC"),
    ("3329bfa13b6007ab5fc3713f0acb289426e2fbc99cc5c110a914b139571600b6", "Security Communication ECC RootCA1"),
    ("3380709af3b096be3cc2a40548142c0a520028db09e2cb77ae2206616ab6cbb4", "Security Communication RootCA2"),
    ("348767cdad3bdd28b2b8dd5351aec30c68cec5cd69d276df3827dbc4f5806464", "SSL.com EV Root Certification Authority ECC"),
    ("35f53ce1264611e03340fe37e1ec7d4cc986c5613dca70fd04aa44545f2daf28", "Microsoft ECC Root Certificate Authority 2017"),
    ("36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9", "Amazon Root CA 3"),
    ("36c22314131a5fbf1b70ea4ccf4bc13a777d938ec65e1da24e3c2cfd01d3d163", "Hongkong Post Root CA 1"),
    ("36d7c79f3d089a0ff79972d90923dea5ca76b4ccbaf7c2751cb152e9494f52d0", "Entrust Root Certification Authority - G4"),
    ("376a1a7082a593dccc20d561d119e9ab8d30f11cc321d0a37fa41f0df284e01c", "emSign Root CA - G1"),
    ("3b0d73b4be4a854adc3e51d7ef9fa48aefbb2cdd824d67bdc7d7d09a2abc2d43", "Autoridad de Certificacion Firmaprofesional CIF A62634068"),
    ("3f93f3fcf79d225d213eef6a4a3f5885cf84fe3d7a7a3c11553517688c0e2100", "Certainly Root R1"),
    ("40fcfc28875dccbfebcbdf6cd7433312da63c4efcf3bd7b1b505c22020ae0274", "SwissSign Gold CA - G2"),
    ("4179edd981ef747477b49626408af43daa2ca7ab7f9e082c1060f84096774348", "GTS Root R3"),
    ("42431627ea76cc78697f915e3455b1b2ec82ff2f6380ee6423ef3c0840b7e631", "e-Szigno Root CA 2017"),
    ("453b74809b69019627f2f843001db5950cdd1d45371053e7f3dfdbc3714113c6", "AC RAIZ FNMT-RCM SERVIDORES SEGUROS"),
    ("497128fc90656b87290482b223efb72240fe9c421e79938de5f8110cb0be9056", "Trustwave Global ECC P256 Certification Authority"),
    ("4a49edbd2f8f8230bd5592b313573fe1c172a45fa98011cc1eddbb36ade3fce5", "QuoVadis Root CA 2 G3"),
    ("50050e2386a728a71d4e0bb40478d53b040b04b0e6ae4b304663649afff2af4e", "Custom Artifactory CA"),
    ("50cc86ba96db3263c79a43ead07553d9f56659e6907e72d8c026637a1cdc85dc", "Hellenic Academic and Research Institutions RootCA 2015"),
    ("510d20e5c47f63cf666b20f61af62bc099a42ac824ffa443a2da7c90b1808a91", "Certigna"),
    ("55e00be277ceb0545299f24fd9f877e2acf32852db43ffcd29bca74b39b4c9fa", "TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1"),
    ("55f77de41c03792428f8d518c55104225be43a5598d926a528ad653e1ccec7bf", "GTS Root R2"),
    ("5632d97bfa775bf3c99ddea52fc2553410864016729c52dd6524c8a9c3b4489f", "Go Daddy Class 2 Certification Authority"),
    ("56f2ea8684106d0c73333951059d2bff9ace0a9934f015c5d84c5a959dfbb3cc", "E-Tugra Global Root CA ECC v3"),
    ("58dd61feb36ea7d258724371709149cb121337864cacb2d0999ad20739d06477", "IdenTrust Public Sector Root CA 1"),
    ("5955ae291574a931342cf7450e16652ede1e0fb3097e1571dfac11c915601564", "Buypass Class 2 Root CA"),
    ("59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c", "DigiCert Trusted Root G4"),
    ("5a889647220e54d6bd8a16817224520bb5c78e58984bd570506388b9de0f075f", "DigiCert High Assurance EV Root CA"),
    ("5c41a73ab2c35dfcd771f6fd6e3e8fac9b469d386cadda56a95b646eb48cca34", "UCA Extended Validation Root"),
    ("603f76f28c9feba83ec751edb66c8d7523ea40fe49fe74427629f50dabbcf55a", "D-TRUST BR Root CA 1 2020"),
    ("6106c0e3a0a299831875127bd7d3cc1859803d511cac11eb6e0840dd166fc10e", "T-TeleSec GlobalRoot Class 2"),
    ("616167201433aea6c8e5e3070afcaf6749188f814bd1abb179ae8dad3abf26ec", "Microsec e-Szigno Root CA 2009"),
    ("62554c17005543b237215f04268dcd2fd1c470240ad3c8660e25ae2c59630f55", "ePKI Root Certification Authority"),
    ("63d9af9b47b1064d49a10e7b7fd566dbc8caa399459bfc2829c571ad8c6ef34a", "Baltimore CyberTrust Root"),
    ("681dc482c296c8402c6ebb20e68309a3bc846523ae34b984a84ee697a3312db7", "Certum Trusted Root CA"),
    ("682747f8ba621b87cdd3bc295ed5cabce722a1c0c0363d1d68b38928d2787f1e", "GlobalSign"),
    ("693c9aa6b245b3b0261637750863eadb6c248a16e52d6f4bc90c86bbf32d7042", "HARICA TLS RSA Root CA 2021"),
    ("6a97b51c8219e93e5dec64bad5806cdeb0f8355be47e757010b702456e01aafd", "DigiCert TLS RSA4096 Root G5"),
    ("6b3b57e9ec88d1bb3d01637ff33c7698b3c9758255e9f01ea9178f3e7f3b2b52", "Certum Trusted Network CA 2"),
    ("6c464b9a5b233a5e874da765c26f045010d2ddcff45794f0b4c7e4aafa501495", "AffirmTrust Commercial"),
    ("6dbfae00d37b9cd73f8fb47de65917af00e0dddf42dbceac20c17c0275ee2095", "Entrust Root Certification Authority"),
    ("6e364b6133deefdcbb21273c5f445a20afbc05038d5b021c0c2153039016345b", "SZAFIR ROOT CA2"),
    ("702116ccd8bf23e16466f0e0dba0ed6a239a9c1cd6a8f5a66b39af3595020385", "CA Disig Root R2"),
    ("706bb1017c855c59169bad5c1781cf597f12d2cad2f63d1a4aa37493800ffb80", "GlobalSign"),
    ("762195c225586ee6c0237456e2107dc54f1efc21f61a792ebd515913cce68332", "ISRG Root X2"),
    ("76ee8590374c715437bbca6bba6028eadde2dc6dbbb8c3f610e851f11d1ab7f5", "Entrust Root Certification Authority - G2"),
    ("77290717614b25f12964ebdb38b5f83caadc0f6c36b0777f880fc6dee1d339cc", "SecureTrust CA"),
    ("786ffa578618c3b9a311175e50816f4dda0605c3869f296ebc5943bf09f4e904", "NAVER Global Root Certification Authority"),
    ("79caaf5347e6e4a94c8e78a98496fc74020f809ede13f220fab6104c8ded329f", "HiPKI Root CA - G1"),
    ("7afe4b071a2f1f46f8ba944a26d584d5960b92fb48c3ba1b7cab84905f32aacd", "TrustCor ECA-1"),
    ("7cd67c248f69d83fc2f9bb01dcb1f7ad67a363d046043796d0984c3a231f6bb0", "SSL.com EV Root Certification Authority RSA R2"),
    ("7e0ead76bb6819dc2f54511a84354f6e8b307b9dd82058ea6c004f01d9dda5df", "GlobalSign"),
    ("7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461", "Amazon Root CA 2"),
    ("808d68b3fab4884a5f971ace7d10550d7a95a163774f3ec36afffb213fbe4c74", "Starfield Root Certificate Authority - G2"),
    ("828b0eeff24654e8ff5841a29dd5d4e3ed30952ca43425a79283407208d39d16", "Trustwave Global ECC P384 Certification Authority"),
    ("82b5f84daf47a59c7ab521e4982aefa40a53406a3aec26039efa6b2e0e7244c1", "COMODO RSA Certification Authority"),
    ("86a68f050034126a540d39db2c5f917ef66a94fb9619fa1ecd827cea46ba0cb0", "QuoVadis Root CA 1 G3"),
    ("871a9194f4eed5b312ff40c84c1d524aed2f778bbff25f138cf81f680a7adc67", "GTS Root R1"),
    ("8bb593a93be1d0e8a822bb887c547890c3e706aad2dab76254f97fb36b82fc26", "DigiCert Global Root G2"),
    ("8d417db2dd8bf5e3084d1e3f196d583849d81bdd4c00c70b9d39369e96b8c782", "emSign ECC Root CA - G3"),
    ("8d767764b3cbda08929d072a22a561f4dcdd1bc57d3cbddc948c47d2b47f9122", "T-TeleSec GlobalRoot Class 3"),
    ("8e8046ec4cac015a507ce0d2d0154a4b40e8e42b3165cfa546571435112d17e5", "Certigna Root CA"),
    ("8fd112c3c8370f147d5ccd3a7d865eb8dd540783bac69fc60088e3743ff33378", "QuoVadis Root CA 2"),
    ("92c46879626ef2cc1ecea50c72fb5e385844095f21cbf3b283cb82e6b9fc6a58", "TWCA Root Certification Authority"),
    ("9318226f8c83afe47f5f47c24f59ce12dba8c73b181bee6b2ea1f40a06bc1869", "SwissSign Silver CA - G2"),
    ("94072ad3f58f70f93098e5a5f6c04c96c710bd849d83184919ae90eb890ae400", "AffirmTrust Networking"),
    ("952c2039c0243eb515dd73d83fc3643184874feb0862a9837731ed9b4742e17a", "Izenpe.com"),
    ("9847e5653e5e9e847516e5cb818606aa7544a19be67fd7366d506988e8d84347", "GTS Root R4"),
    ("9a52ff6a3cb6e353a08567e0dc9c395b300d60a22292ab8c18c1656b2983ae90", "ANF Secure Server Root CA"),
    ("9d37e4a989eab3882d116052fc8b58446702cb593726e4604c3795940c7103e2", "D-TRUST EV Root CA 1 2020"),
    ("a02fafa192c8cb81cb1341554f9c05b71cca2a890b0d1298d683647c961efbdf", "DigiCert TLS ECC P384 Root G5"),
    ("a246b822f96cfecc155156e5476957845492acf32187ec8a2ef12d89618d711d", "vTrus ECC Root CA"),
    ("a320f4d534d7be97c1ae8dd0499735bc895c323add2d388bfccf662c23d7f99a", "SSL.com Root Certification Authority ECC"),
    ("aa2630a7b617b04d0a294bab7a8caaa5016e6dbe604837a83a85719fab667eb5", "Certum Trusted Network CA"),
    ("ace5cac1cdbd51e7d7cbc85e9bb68928915ed135bc842a9d20f42e24ed370cbd", "sandboxing-egress-ca"),
    ("ae7f962cb9e6a7dbf7b833fb18fa9b71a89175df949c232b6a9ef7cb3df2bbfc", "GlobalSign Root R46"),
    ("aff988906dde12955d9bebbf928fdcc31cce328d5b9384f21c8941ca26e20391", "DigiCert Global Root CA"),
    ("b03d87b056d08cc9d4e675ef19ca83ab53532168a8258598be72e6d85c7dd7c1", "Buypass Class 3 Root CA"),
    ("b0b56335468561f5bb9fa12d801784a633a572705d34f32b643445dfa8b005d1", "Sectigo Public Server Authentication Root E46"),
    ("b2f7298b52bf2c3cac4ddfe72de4d682ac58957595982f2b62301af597c699c5", "Microsoft RSA Root Certificate Authority 2017"),
    ("b3effbf46bcf66aedf71427e6bd60bf1a1878c7b72cab178703485fda6e3db38", "E-Tugra Global Root CA RSA v3"),
    ("b7408b4d2be0238ba37004dd34e276c6019bd2f24c9db7d4980f5f6c359a4bcc", "emSign Root CA - C1"),
    ("b94c198300cec5c057ad0727b70bbe91816992256439a7b32f4598119dda9c97", "DigiCert Global Root G3"),
    ("bb4128ec9620f2d2a49ce8e2c4e257aebad93a0f11c56b5fa4b00e23759fa39d", "SecureSign RootCA11"),
    ("bb52086d0639e8db332775ac8f4e8435d92ceb00f4e24f28fc0eabe240772e80", "Hellenic Academic and Research Institutions ECC RootCA 2015"),
    ("bd153ed7b0434f6886b17bce8bbe84ed340c7132d702a8f4fa318f756ecbd6f3", "AAA Certificate Services"),
    ("c1ad1b1898ec395048df070bfa217e25c913bed8ca6b73de085528846a0103c1", "E-Tugra Certification Authority"),
    ("c2b3c31a4a29850aa8f3cf472a1169ff71b416579f6a4482ec7744b83df988ac", "Telia Root CA v2"),
    ("c444b5b66ce5d71e1b5e40f27385c95cbfd24a05b56f70cac0992f0f50c3379c", "TWCA Global Root CA"),
    ("c63d68c648a18b77641c427a669d61c9768a55f4fcd0322eac96c57700299cf1", "TrustCor RootCert CA-2"),
    ("c784333d20bcd742b9fdc3236f4e509b8937070e73067e254dd3bf9c45bf4dde", "USERTrust RSA Certification Authority"),
    ("c7f43b4cf5b71568294f822b53762605f6ddd15cadece739e9e2c3cba61e9d67", "AffirmTrust Premium"),
    ("c942262c0c7c0a95bb152b71c42556ddbe9a04fa8378373550d2b7ce27d952a3", "TunTrust Root CA"),
    ("cbad7b1d384849df0946b7ee8e7f5f7ce3aed876fda7bc9d30d8b16f29ff2c53", "certSIGN ROOT CA G2"),
    ("ceb19411c65052c757f941eb826c96941e4d08d096c7db7e7ea3c4f8c13f1a13", "GDCA TrustAUTH R5 ROOT"),
    ("d1c45377ebdcd618cd1651dc2e02c21d751e5aa9fcd1b3431ff6ecf6a31348fa", "SSL.com Root Certification Authority RSA"),
    ("d3980aadd21638c70d74a4bb1f8ab5e11724e62ed408f9fa8d3d4d916900286b", "Security Communication RootCA3"),
    ("dbc1e3a15238a0483bcdb8fdec616e03e705a48e2a501157cadf3b9c7311c5e5", "certSIGN ROOT CA"),
    ("dd5ed1c090f9f448061baa94a6bb11017544e9eefaa20cc714ce6c633f5dc629", "CFCA EV ROOT"),
    ("de7b6932e9c44582ce0de07abdab7eea90c75d6d2a07331df57bd5cb88553d13", "Certum EC-384 CA"),
    ("e04a022ce32f4ccf2c7f6046287b828a32a909f5e751447f83fd2c71f6fd8173", "GlobalSign Root E46"),
    ("e06647e52610160c3e83c42d22e39aa8750c584d6c24afaed54a61164742000a", "vTrus Root CA"),
    ("e5ca37bc7b6c361979bc6b123ca9a1db019046d7ff5f57dfb854b19d10b0682f", "Atos TrustedRoot 2011"),
    ("e7ca91bbfbb18788057b3a8070446ea5291160194102f7dcc3b9848c63cb9cd5", "COMODO ECC Certification Authority"),
    ("ea87f462deefffbd7775aa2a4b7e0fcb91c22eee6df69ed90100ccc73b311476", "TrustCor RootCert CA-1"),
    ("eabc185c4e82d942b1a5978ba3c0181487d6b3b9974e5c49f72f6d0bd9637150", "emSign ECC Root CA - C3"),
    ("eca0f181402ce7a8652b31b4d036df247e3a30b7f41a50d91ec4f90b006b43a1", "D-TRUST Root Class 3 CA 2 2009"),
    ("f1c6ba670cfc88e4df52973cae420f0a089dd474144fe5806c420064e1591229", "DigiCert Assured ID Root G2"),
    ("f3438e23b3ce532522facf307923f58fd18608e9ba7addc30e952b43c49616c3", "QuoVadis Root CA 3 G3"),
    ("f48badd7df6a06690d0ae31373b12855f8dedb14517f362a313101cc98cc6b35", "NetLock Arany (Class Gold) Főtanúsítvány"),
    ("f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5", "Amazon Root CA 4"),
    ("fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2", "Amazon Root CA 1"),
    ("fc784300ec8df4d3d1bad763835182918d52a9ff0238bdf695a1cd9bdb98321c", "HARICA TLS ECC Root CA 2021"),
    ("fd371bea9755ff60c8828c849b8e5215de532d61b009855fa0ad630d90eef82e", "OISTE WISeKey Global Root GC CA"),
    ("fea2b7d645fba73d753c1ec9a7870c40e1f7b0c561e927b985bf711866e36f22", "Entrust Root Certification Authority - EC1"),
    ("fee8af929175687f4638a3fc983db8ecd0e5e2a83e737f3fb77b4c22fcbac0a6", "GLOBALTRUST 2020"),
    ("ff342fb6c4c8bd30a4706f73489539f19e6e48cc05f46254654f6610dbc540e9", "D-TRUST Root Class 3 CA 2 EV 2009"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(ROOTS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
