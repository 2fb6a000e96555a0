/// Wordings of refusals as patterns, a list a language: whoever speaks says of themselves that they cannot, may not or
/// will not do what an assistant is asked for. What one cannot see, find, promise or imagine is no refusal; nor is a
/// condition ("if I can't help"), a question, or what others cannot do.
///
/// They are searched in folded text with single spaces. White space in them means nothing.
enum RefusalPatterns {
    static let all = [english, german, french, spanish, italian, portuguese, dutch, japanese, chinese].flatMap
    { $0 }

    /// At most so many words of the same sentence.
    private static func gap(_ words: Int) -> String { #"(?:\s[^\s.!?;:]+){0,\#(words)}?\s"# }

    private static let english: [String] = {
        let acts = #"""
            (?:help(?!\s(?:but|feel|noticing|wonder|think|admir|smil))|assist|support\s(?:that|this|you|
            your)|provid|answer|comply|fulfil|share|discuss|disclose|reveal|engag|participat|creat|
            generat|writ|produc|process\s(?:that|this|your)|complete\s(?:that|this|your)|(?:giv|offer)
            (?:e|ing)?\s(?:you\s|out\s)?(?:\w+\s){0,2}(?:advice|information|instructions|guidance|
            details|opinions?|that|those|diagnos\w+)|advis|recommend\s(?:any|how)|do(?:ing)?\s(?:that|
            this|so)|tell\syou\s(?:that|how\sto)|respond)
            """#
        let not = #"""
            (?:can't|cannot|can\snot|won't(?:\sbe)?|will\snot(?:\sbe)?|(?:am|are|'m|'re)
            \s(?:(?:unfortunately|sorry|afraid|simply)\s)?(?:unable|not\s(?:able|allowed|permitted|
            authorized|authorised|in\sa\sposition|going))\sto|will\snot\sbe\sable\sto|
            won't\sbe\sable\sto|do\snot\shave\s(?:permission|authority|the\sability)\sto|
            don't\shave\s(?:permission|authority|the\sability)\sto)
            """#
        return [
            #"""
            (?<!\bif\s)(?<!\bwhen\s)(?<!\bwhy\s)\b(?:i|we)\s?(?:(?:really|simply|unfortunately|
            regretfully|honestly)\s)?\#(not)\s(?:(?:really|simply|directly|currently|legally|ethically|
            further)\s)?\#(acts)
            """#,
            #"""
            \b(?:i|we)\s(?:must|have\sto|need\sto|will\shave\sto|refuse|decline)\b(?:\s(?:respectfully|
            politely))?(?:\s(?:decline|refuse|to))\b|\bi'm\sgoing\sto\shave\sto\sdecline|\bi\srefuse\b
            """#,
            #"""
            \bi\s(?:do\snot|don't)\sfeel\scomfortable|\bi(?:'m|\sam)\snot\scomfortable
            """#,
            #"""
            \bnot\spossible\sfor\s(?:me|us)\sto\s\#(acts)
            """#,
            #"""
            \b(?:outside|beyond|not)\s(?:of\s)?(?:what|something|anything)\s(?:i|we)(?:\scan|
            \sam\sable\sto|'m\sable\sto|\sare\sable\sto)\s(?:help|assist|do|provide|answer|discuss)
            """#,
            #"""
            \bsorry,?\s(?:but\s)?(?:i|we)\s(?:can't|cannot|can\snot|won't)\s(?!(?:see|find|open|locate|
            access|view|read|hear|verify|confirm|guarantee|tell|say|remember|reach|think|wait|be|
            recogni\w+)\b)
            """#,
            #"""
            \b(?:my|our)\s(?:guidelines|programming|instructions)\s(?:do\snot|don't|prevent|prohibit|
            forbid)
            """#,
            #"""
            \bagainst\smy\s(?:guidelines|programming|policies)|\bviolates?\s(?:my|our)\s(?:guidelines|
            policies)
            """#,
            #"""
            \bi(?:'d|\swould)\srather\snot\b(?:\s(?:answer|say|discuss|help|do|share)|\.)
            """#,
        ]
    }()

    private static let german: [String] = {
        let acts = #"""
            (?:(?:weiter|aus|be)?helfen|behilflich|dienen|dienlich|(?:be)?antworten|bereitstellen|
            nachkommen|entsprechen|erfüllen|unterstützen|unterstützung|weitergeben|herausgeben|
            preisgeben|nennen|verraten|mitteilen|offenlegen|bearbeiten|erstellen|verfassen|schreiben|
            generieren|liefern|anbieten|ausführen|durchführen|äu(?:ß|ss)ern|sagen|sprechen|diskutieren|
            beraten|teilnehmen|\w*auskunft|\w*auskünfte|angaben|\w*anleitung(?:en)?|\w*rat|
            \w*ratschläge|\w*beratung|diagnosen?|stellung|empfehlung(?:en)?|antwort(?:en)?)
            """#
        let can = #"""
            (?:kann|können|darf|dürfen|werde|werden|möchte|möchten)
            """#
        let not = #"""
            (?:nicht(?!\s(?:nur|genug)\b)|kein\w*|nichts)
            """#
        return [
            #"""
            \b(?:\#(can)\s(?:ich|wir)|(?:ich|wir)\s\#(can))
            \#(gap(6))\#(not)\#(gap(4))\#(acts)\b(?!,\s(?:wie|ob)\b)
            """#,
            #"""
            \bdass\s(?:ich|wir)\#(gap(6))\#(not)\#(gap(4))\#(acts)\s(?:geben\s|machen\s|leisten\s|
            abgeben\s)?\#(can)\b
            """#,
            #"""
            \b(?:(?:ich|wir)\s(?:bin|sind)|(?:bin|sind)\s(?:ich|wir))\#(gap(4))nicht\s(?:in\sder\slage|
            befugt|berechtigt|autorisiert|imstande)\b
            """#,
            #"""
            \b(?:mir|uns)(?:\s(?:leider|daher|hier|dazu))*\s(?:nicht\s(?:möglich|gestattet|erlaubt)|
            unmöglich|untersagt)\b
            """#,
            #"""
            \b(?:das|dies|so\setwas)\s(?:kann|werde|darf)\sich(?:\sleider)?\snicht(?:\s(?:tun|machen)
            )?[.!,]
            """#,
            #"""
            \b(?:ich\smuss|wir\smüssen|muss\sich|müssen\swir)\#(gap(5))(?:ablehnen|verweigern|passen)\b
            """#,
            #"""
            \bgebe\s(?:ich\s)?kein\w*\s(?:auskunft|auskünfte|anleitung\w*|\w*beratung)\b
            """#,
            #"""
            \b(?:erstelle|schreibe|verfasse|beantworte|unterstütze|generiere|helfe|antworte)
            \sich\s(?:leider\s|grundsätzlich\s)?nicht\b
            """#,
            #"""
            \bich\s(?:lehne\s.{0,60}?\sab\b|weigere\smich\b|verweigere\b)
            """#,
        ]
    }()

    private static let french: [String] = {
        let acts = #"""
            (?:(?:vous\s|t'|te\s|y\s|le\s|la\s|l'|en\s)?(?:aid(?:er|e\b)|assister|répond\w+|fourni\w+|
            satisfaire|donner|accéder\sà|traiter|accomplir|exécuter|effectuer|divulguer|révéler|
            communiquer|transmettre|partager|discuter|parler|commenter|conseiller|créer|générer|rédiger|
            écrire|produire|proposer|prodiguer|participer|faire\s(?:ça|cela)|renseigner|
            poser\sde\sdiagnostic))
            """#
        let not = #"""
            (?:pas|plus|aucunement|en\saucun\scas|nullement)
            """#
        let adverb = #"""
            (?:\s(?:malheureusement|donc|hélas|absolument|légalement))?
            """#
        let state = #"""
            (?:capable\sd[e']|en\smesure\sd[e']|autorisée?s?\sà|habilitée?s?\sà|qualifiée?s?\spour|
            tenue?s?\sde)
            """#
        return [
            #"""
            (?<!\bsi\s)\b(?:je|nous)\sne\s(?:peux|pourrai|pouvons|pourrons|veux|vais|souhaite)
            \#(adverb)\s\#(not)\#(adverb)\s\#(acts)
            """#,
            #"""
            (?<!\bsi\s)\b(?:je|nous)\sne\s(?:suis|sommes)
            \#(adverb)\s\#(not)\#(adverb)\s\#(state)\s?\#(acts)
            """#,
            #"""
            \bje\sne\s(?:saurais|puis|peux)\s(?:vous\s|te\s|t')?\#(acts)
            """#,
            #"""
            \bil\s(?:m'est|nous\sest|ne\sm'est\spas|ne\snous\sest\spas)
            \s(?:malheureusement\s)?(?:impossible|possible|permis|interdit)\sd[e']
            """#,
            #"""
            \bje\s(?:suis|me\strouve)\sdans\sl'(?:impossibilité|incapacité)\sd[e']
            """#,
            #"""
            \bje\sn'ai\spas\s(?:le\sdroit|l'autorisation|la\spermission)\sd[e']
            """#,
            #"""
            \bje\s(?:dois|préfère|suis\sobligée?\sde)\s(?:décliner|refuser|ne\spas\srépondre)
            """#,
            #"""
            \bje\s(?:refuse|décline)\b
            """#,
            #"""
            \bje\sne\s(?:fournis|donne|divulgue)\s(?:pas|aucun)
            """#,
            #"""
            \b(?:dépasse|au-delà\sde|hors\sde)\sce\sque\sje\speux
            """#,
        ]
    }()

    private static let spanish: [String] = {
        let acts = #"""
            (?:ayud\w+|respond\w+|contest\w+|proporcion\w+|facilit\w+|ofrec\w+|d[aá]r\w*|atend\w+|
            cumpl\w+|asist\w+|asesor\w+|aconsej\w+|compart\w+|revel\w+|divulg\w+|hac\w+|realiz\w+|
            proces\w+|tramit\w+|gener\w+|cre\w+|escrib\w+|redact\w+|habl\w+|discut\w+|coment\w+|
            particip\w+|diagnostic\w+|complac\w+|acced\w+\sa)
            """#
        return [
            #"""
            (?<!\bsi\s)(?<!\bqué\s)\bno\s(?:(?:te|le|les|os|se|me)\s){0,2}(?:(?:lo|la)\s)?(?:puedo|
            podemos|podré|podremos|voy\sa|vamos\sa|soy\scapaz\sde|(?:estoy|estamos)
            \sautorizad[oa]s?\s(?:para|a)|(?:estoy|estamos)\sen\scondiciones\sde|tengo\s(?:permitido|
            permiso\spara|autorización\spara))\s(?:(?:lamentablemente|legalmente)\s)?\#(acts)(?!\smenos)
            """#,
            #"""
            \bno\s(?:me|nos)\s(?:es\sposible|está\spermitido)\b|\bno\sse\s(?:me|nos)\spermite\b
            """#,
            #"""
            \bme\s(?:es|resulta)\simposible\b
            """#,
            #"""
            \b(?:debo|tengo\sque|debemos)\s(?:rechazar|negarme|declinar)|\bme\sniego\sa\b
            """#,
            #"""
            \bprefiero\sno\s(?:responder|contestar|hacer|hablar)
            """#,
            #"""
            \b(?:lamento|lamentamos|siento|temo)\sno\spoder\b
            """#,
            #"""
            \bfuera\sde\slo\sque\spuedo\b|\bmás\sallá\sde\slo\sque\spuedo\b
            """#,
        ]
    }()

    private static let italian: [String] = {
        let acts = #"""
            (?:(?:esser\w+\s(?:d'aiuto|utile))|aiutar\w*|assister\w*|risponder\w*|fornir\w*|dar\w*|
            offrir\w*|soddisfare|esaudire|eseguire|elaborare|generare|creare|scrivere|redigere|
            condivider\w*|rivelar\w*|farlo|far\squesto|accontentar\w*|divulgare|comunicar\w*|discutere|
            parlar\w*|commentare|consigliar\w*|partecipare|prestare|procedere\scon)
            """#
        return [
            #"""
            (?<!\bse\s)(?<!\bperché\s)\bnon\s(?:(?:ti|le|vi|la|lo|mi|ci)\s){0,2}(?:posso|possiamo|potrò|
            potremo|intendo|(?:sono|siamo)\sin\sgrado\sdi|(?:sono|siamo)\sautorizzat[oaie]\sa|
            sono\scapace\sdi|ho\sil\spermesso\sdi)\s(?:purtroppo\s)?\#(acts)
            """#,
            #"""
            \bnon\s(?:mi|ci)\sè\s(?:possibile|permesso|consentito)\b|\b(?:mi|ci)\sè\simpossibile\b
            """#,
            #"""
            \b(?:temo|mi\sdispiace|spiace)\sdi\snon\spoter
            """#,
            #"""
            \b(?:devo|dobbiamo)\s(?:purtroppo\s)?(?:rifiutar|declinar)|\bmi\srifiuto\b
            """#,
            #"""
            \bpreferisco\snon\s(?:risponder|parlar)
            """#,
            #"""
            \b(?:oltre|al\sdi\slà\sdi|fuori\sda)\s(?:ciò|quello|quanto)\s(?:che\s)?posso
            """#,
        ]
    }()

    private static let portuguese: [String] = {
        let acts = #"""
            (?:ajud\w+|auxili\w+|respond\w+|fornec\w+|d[aá]r\b|oferec\w+|prest\w+|atend\w+|cumpr\w+|
            process\w+|execut\w+|gerar|criar|escrever|redigir|produzir|compartilh\w+|partilh\w+|
            divulg\w+|revel\w+|inform\w+|aconselh\w+|discut\w+|falar|coment\w+|particip\w+|faz\w+|
            satisfaz\w+)
            """#
        return [
            #"""
            (?<!\bse\s)(?<!\bque\s)\bnão\s(?:(?:te|lhe|lhes|o|a|me|vos)\s)?(?:posso|podemos|poderei|
            poderemos|consigo|conseguimos|vou|sou\scapaz\sde|(?:estou|estamos)\sautorizad[oa]s?\sa|
            tenho\s(?:permissão|autorização)\spara)\s(?:(?:te|lhe|o|a)\s)?\#(acts)
            """#,
            #"""
            \bnão\s(?:me|nos)\sé\s(?:possível|permitido)\b|\bé-me\simpossível\b|\bme\sé\simpossível\b
            """#,
            #"""
            \b(?:receio|lamento|temo)\snão\spoder\b
            """#,
            #"""
            \b(?:preciso|devo|tenho\sde|tenho\sque)\s(?:recusar|declinar)|\brecuso-me\b|\bme\srecuso\b
            """#,
            #"""
            \bprefiro\snão\s(?:responder|falar)
            """#,
            #"""
            \b(?:além\sd[oe]|fora\sd[oe])\s(?:que\s)?(?:eu\s)?posso\sfazer
            """#,
        ]
    }()

    private static let dutch: [String] = {
        let acts = #"""
            (?:(?:mee\s|bij\s|verder\s)*(?:verder)?helpen|behulpzaam|van\sdienst|beantwoorden|
            antwoorden|voldoen|verstrekken|delen|vrijgeven|geven|bieden|doen|ondersteunen|verwerken|
            uitvoeren|schrijven|maken|genereren|bespreken|zeggen|adviseren|meewerken|meedoen)
            """#
        let can = #"""
            (?:kan|kunnen|mag|mogen|zal|wil)
            """#
        return [
            #"""
            (?<!\bwaarom\s)\b(?:\#(can)\s(?:ik|wij|we)|(?:ik|wij|we)\s\#(can))
            \#(gap(5))(?:niet(?!\s(?:alleen|anders))|geen|niets)\#(gap(4))?\s?\#(acts)\b
            """#,
            #"""
            \bdat\s(?:ik|wij|we)\#(gap(5))(?:niet|geen)\#(gap(3))\#(can)\s\#(acts)\b
            """#,
            #"""
            \b(?:ik\sben|ben\sik|wij\szijn|we\szijn)\#(gap(3))niet\s(?:in\sstaat|bevoegd|gemachtigd)\b
            """#,
            #"""
            \b(?:mij|ons)\s(?:helaas\s)?(?:niet\s(?:toegestaan|mogelijk)|onmogelijk)\b
            """#,
            #"""
            \b(?:ik\smoet|moet\sik|wij\smoeten)\#(gap(5))(?:weigeren|afwijzen)\b|\bik\sweiger\b
            """#,
            #"""
            \bgeef\sik\s(?:liever\s|hierover\s)?geen\s(?:antwoord|advies|informatie)\b
            """#,
            #"""
            \bbuiten\swat\sik\skan\b
            """#,
        ]
    }()

    private static let japanese: [String] = {
        let acts = #"""
            (?:手伝|答え|回答|応え|応じ|お力|役に立|提供|教え|対応|助言|支援|協力|開示|公開|作成|生成|コメント|アドバイス|診断|お話し|議論|共有|行う)
            """#
        let not = #"""
            (?:でき(?:ません|かね|ない)|(?:致し|いたし|し|なり)かね|かねます|なれ(?:ません|ない)|立て(?:ません|ない)|えません|てません|られ(?:ません|ない)|
            れません)
            """#
        return [
            #"""
            \#(acts)[ぁ-ん]{0,9}?\#(not)(?!か|が、?(?:別|他)|場合|方|の|とき|時)
            """#,
            #"""
            (?:回答|お答え|返答|提供|コメント)(?:は|を)?(?:差し控え|控え)させて
            """#,
            #"""
            (?:提供|回答|対応|お答え|公開|開示)(?:は|を)?(?:致し|いたし|し)ており(?:ません|かね)
            """#,
            #"""
            お断り(?:します|いたします|させて|し|申し)|拒否(?:します|いたします)
            """#,
        ]
    }()

    private static let chinese: [String] = {
        return [
            #"""
            (?:我|我們|我们|恕|抱歉|对不起|對不起|遗憾|遺憾|不好意思)[^。！？!?\n]{0,14}?(?:无法|無法|不能|没办法|沒辦法|没法|不可以|不便|不方便|不会|不會|
            没有权限|沒有權限|无权|無權)(?:够|夠)?(?:[^。！？!?，,\n]{0,6}?)(?:帮|幫|协助|協助|提供|回答|解答|答复|满足|滿足|完成|支持|生成|创作|撰写|
            讨论|討論|谈论|参与|透露|泄露|分享|处理|處理|执行|写|寫|给出|給出|做(?:这|這|出)|给(?:您|你)|为您|為您)
            """#,
            #"""
            (?:必须|必須|只能|不得不)(?:拒绝|拒絕)|(?:拒绝|拒絕)(?:回答|提供|这个请求)
            """#,
            #"""
            (?:无可奉告|無可奉告)|我?(?:帮|幫)不了(?:您|你)|超出了?我的(?:能力|权限|職責|职责)
            """#,
        ]
    }()
}
