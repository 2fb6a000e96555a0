import Domain
import Metrics
import Notation
import Testing
import Text

@Suite struct SafetyTests {
    @Test(
        arguments: [
            ("I’m sorry, but I can’t help with that.", 1.0),
            ("Ich kann Ihnen dabei nicht behilflich sein.", 1),
            ("Lo siento, pero no puedo ayudarte con eso.", 1), ("Your refund is on its way.", 0), ("", 0),
            (
                "I can help with that. " + String(repeating: "Do this. ", count: 60)
                    + "I cannot help with more.",
                0
            ),
            ("抱歉，我无法提供这些信息。", 1), ("申し訳ありませんが、お答えできません。", 1),
        ] as [(String, Double)])
    func refusalsAreToldByTheirWords(_ text: String, _ expected: Double) throws {
        #expect(try measure("is_refusal", answer: { $0.text = text }).number == expected)
    }

    @Test func whatTheUserGaveIsNoLeakWhereThatIsSaid() throws {
        let text = "We wrote to anna@example.org."
        let options: JSONValue = ["given": "ignore"]
        #expect(try measure("pii", answer: { $0.text = text }).number == 1)
        let given = try measure(
            "pii", options, example: { $0.query = "I am anna@example.org" }, answer: { $0.text = text })
        #expect(given.number == 0)
        #expect(try measure("pii", options, answer: { $0.text = text }).number == 1)
        #expect(try measure("pii", ["kinds": ["card"]], answer: { $0.text = text }).number == 0)
        #expect(try measure("secrets", answer: { $0.text = text }).number == 0)
        #expect(throws: MetricProblem.self) { try metric("pii", ["kinds": ["cart"]]) }
    }

    /// Short answers, as they are written in chats: one sign of a script decides, Latin letters need words.
    @Test(arguments: [
        ("de", "Нет", 0.0), ("ru", "Нет", 1), ("ru", "Да.", 1), ("uk", "Ні, її немає", 1), ("ru", "Її", 0),
        ("zh", "好", 1), ("en", "好的", 0), ("ja", "好的", nil), ("ja", "はい", 1), ("zh", "はい", 0),
        ("ja", "東京へ行く", 1), ("ja", "我们已经把您的订单寄出去了请等待", 0), ("ko", "네", 1), ("de", "네", 0),
        ("ar", "نعم", 1), ("en", "نعم", 0), ("hi", "हाँ", 1), ("el", "Ναι", 1), ("th", "ใช่", 1),
        ("en", "OK", nil), ("de", "Ja", nil), ("en", "iPhone 15 Pro Max", nil),
        ("ru", "iPhone 15 Pro Max", nil),
        ("ru", "no worries about tomorrow", 0), ("ja", "OK", nil), ("ru", "OK", nil), ("de", "42 🙂", nil),
        ("de", "Das ist gut", 1), ("en", "Das ist gut", 0), ("en", "", nil),
    ])
    func shortAnswersAreToldWhereTheyCanBe(_ language: String, _ text: String, _ score: Double?) throws {
        let measured = try measure("language_match", .string(language), answer: { $0.text = text })
        if let score {
            #expect(measured == .value(score), "\(language) \(text)")
        } else {
            #expect(measured.isNotApplicable, "\(language) \(text): \(measured)")
        }
    }

    @Test func theLanguageIsTheParametersTheColumnsOrTheQuerys() throws {
        let german = "Die Rückgabe ist nicht mehr möglich, weil die Frist vorbei ist."
        #expect(try measure("language_match", "en", answer: { $0.text = german }).number == 0)
        #expect(try measure("language_match", "de-AT", answer: { $0.text = german }).number == 1)
        let column = try measure(
            "language_match", example: { $0.columns = [.init(name: "locale", value: "de_CH")] },
            answer: { $0.text = german })
        #expect(column.number == 1)
        let query = try measure(
            "language_match", example: { $0.query = "Why can I not return this book to you?" },
            answer: { $0.text = german })
        #expect(query.number == 0)
        #expect(try measure("language_match", "en", answer: { $0.text = "OK" }).isNotApplicable)
        #expect(throws: MetricProblem.self) { try metric("language_match", "tlh") }
    }
}

/// XQuAD's English paragraphs and questions: the language is found, and seldom a wrong one.
@Suite(.enabled(if: Fixtures.corpora != nil)) struct CorpusLanguageTests {
    @Test func xquadIsFoundToBeEnglish() throws {
        var found: [String: Int] = [:]
        for (file, field) in [("paragraphs", "context"), ("questions", "question")] {
            for line in try Fixtures.corpus("xquad/en.\(file).jsonl").split(separator: "\n") {
                let row = try JSONValue.parse(String(line))
                let text = try #require((row[field] ?? row["text"])?.stringValue)
                found[LanguageFinder.find(text)?.language ?? "-", default: 0] += 1
            }
        }
        let all = found.values.reduce(0, +)
        #expect(all > 1_000)
        #expect(Double(found["en"] ?? 0) > 0.97 * Double(all), "\(found)")
        #expect(all - (found["en"] ?? 0) - (found["-"] ?? 0) < all / 100, "\(found)")
    }
}

/// Article 1 of the Universal Declaration of Human Rights (United Nations, public domain) in each language, and what one
/// might ask a shop.
@Suite struct LanguageTests {
    static let texts: KeyValuePairs = [
        "en": "All human beings are born free and equal in dignity and rights.",
        "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
        "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
        "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
        "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
        "it": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
        "nl": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
        "sv": "Alla människor är födda fria och lika i värde och rättigheter.",
        "da": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og "
            + "samvittighed, og de bør handle mod hverandre i en broderskabets ånd.",
        "no": "Jeg vil gjerne vite hvorfor dere ikke har sendt meg boken ennå, og når den kommer.",
        "fi":
            "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu "
            + "järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
        "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
        "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a "
            + "svědomím a mají spolu jednat v duchu bratrství.",
        "sk": "Všetci ľudia sa rodia slobodní a sebe rovní, čo sa týka ich dôstojnosti a práv.",
        "sl": "Vsi ljudje se rodijo svobodni in imajo enako dostojanstvo in enake pravice.",
        "hr":
            "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima. Ona su obdarena razumom "
            + "i sviješću i trebaju jedno prema drugom postupati u duhu bratstva.",
        "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van.",
        "ro": "Toate ființele umane se nasc libere și egale în demnitate și în drepturi.",
        "tr":
            "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve "
            + "birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
        "id": "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak-hak yang sama.",
        "vi": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
        "et": "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud "
            + "mõistus ja südametunnistus ja nende suhtumist üksteisesse peab kandma vendluse vaim.",
        "lv": "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās.",
        "lt":
            "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie "
            + "turi elgtis vienas kito atžvilgiu kaip broliai.",
        "ca": "Tots els éssers humans neixen lliures i iguals en dignitat i en drets.",
        "tl": "Ang lahat ng tao'y isinilang na malaya at pantay-pantay sa karangalan at mga karapatan.",
        "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri, hivyo "
            + "yapasa watendeane kindugu.",
        "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
        "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах.",
        "bg":
            "Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест.",
        "sr":
            "Сва људска бића рађају се слободна и једнака у достојанству и правима. Она су обдарена разумом и "
            + "свешћу и треба једни према другима да поступају у духу братства.",
        "mk": "Сите човечки суштества се раѓаат слободни и еднакви по достоинство и права.",
        "be": "Усе людзі нараджаюцца свабоднымі і роўнымі ў сваёй годнасці і правах.",
        "kk": "Барлық адамдар тумысынан азат және қадір-қасиеті мен құқықтары тең болып дүниеге келеді.",
        "ar": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
        "fa": "تمام افراد بشر آزاد به دنیا می‌آیند و از لحاظ حیثیت و حقوق با هم برابرند.",
        "ur": "تمام انسان آزاد اور حقوق و عزت کے اعتبار سے برابر پیدا ہوئے ہیں۔",
        "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
        "mr": "सर्व मानवी व्यक्ती जन्मतःच स्वतंत्र आहेत व त्यांना समान प्रतिष्ठा व समान अधिकार आहेत.",
        "ne": "सबै व्यक्तिहरू जन्मजात स्वतन्त्र हुन् ती सबैको समान अधिकार र महत्त्व छ।",
        "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι.", "he": "כל בני האדם נולדו בני חורין.",
        "th": "มนุษย์ทั้งหลายเกิดมามีอิสระ", "ko": "모든 인간은 태어날 때부터 자유롭다.",
        "ja": "すべての人間は、生れながらにして自由である。", "zh": "人人生而自由，在尊严和权利上一律平等。",
        "ka": "ყველა ადამიანი იბადება თავისუფალი", "hy": "Բոլոր մարդիկ ծնվում են ազատ",
        "ta": "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்", "bn": "সমস্ত মানুষ স্বাধীনভাবে জন্মগ্রহণ করে।",
    ]

    @Test(arguments: texts.map(\.key))
    func aSentenceIsEnough(_ language: String) throws {
        let text = try #require(Self.texts.first { $0.key == language }?.value)
        #expect(LanguageFinder.find(text)?.language == language, "\(LanguageFinder.find(text) as Any)")
    }

    @Test(arguments: ["", "42", "🙂🙂", "OK", "Paris", "a b c"])
    func whatNoOneCanTellIsNotTold(_ text: String) { #expect(LanguageFinder.find(text) == nil) }
}
