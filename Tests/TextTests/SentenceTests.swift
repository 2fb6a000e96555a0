import Testing

@testable import Text

/// Sentences as a reader of the language parts them; after Unicode Standard Annex #29 where it says so.
@Suite struct SentenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let parts: [String]
        /// What stands between the parts.
        var between = " "
        var testDescription: String { what }
    }

    @Test(arguments: [
        Case(what: "nothing", parts: []),
        Case(what: "one without a stop", parts: ["It rains"]),
        Case(what: "three kinds", parts: ["It rains.", "Does it?", "It does!"]),
        Case(what: "an interrobang", parts: ["Does it?!", "It does…", "Yes."]),
        Case(what: "decimals", parts: ["It fell by 3.14 % to 0.5.", "That is v2.0.1 of it."]),
        Case(what: "money", parts: ["It costs $3.50.", "That is much."]),
        Case(what: "addresses", parts: ["See example.com/a.html?x=1&y=2 for it.", "Or mail a.b@c.org."]),
        Case(what: "a title", parts: ["Dr. Who met Mrs. Smith.", "They talked."]),
        Case(what: "examples", parts: ["Some scripts, e.g. Thai, have none.", "Others, i.e. most, do."]),
        Case(what: "initials", parts: ["J. R. R. Tolkien wrote it.", "He was born in 1892."]),
        Case(what: "an acronym before a name", parts: ["The U.S. Army left.", "It was over."]),
        Case(what: "an acronym at an end", parts: ["He lives in the U.S.", "The rest is unknown."]),
        Case(what: "a number at an end", parts: ["It began in 1990.", "It ended in 1991."]),
        Case(what: "a list's numbers", parts: ["1. Open the lid.", "2. Pour the tea."], between: "\n"),
        Case(what: "bullets", parts: ["- first thing", "- second thing"], between: "\n"),
        Case(what: "paragraphs", parts: ["a heading", "and small letters behind it"], between: "\n\n"),
        Case(
            what: "quotes",
            parts: ["\"It rains,\" he said.", "“Does it?” she asked.", "“It does.”", "He left."]),
        Case(what: "brackets", parts: ["It rains (in part.)", "It pours."]),
        Case(what: "citations behind the stop", parts: ["It rains.[1][2]", "It pours. [3]", "It ends."]),
        Case(what: "citations before the stop", parts: ["It rains [1].", "It pours [a, b]."]),
        Case(what: "a link is no citation", parts: ["It rains.", "[Read](a.html) why."]),
        Case(
            what: "German",
            parts: ["Am 3. Oktober, d. h. z.B. heute, bzw. morgen.", "Der Rest folgt usw.", "Das war's."]),
        Case(what: "French", parts: ["Il pleut, p. ex. ici.", "M. Dupont est là !", "Oui."]),
        Case(what: "Spanish", parts: ["El Sr. García vino.", "¿Llueve?", "¡Sí!"]),
        Case(
            what: "Russian", parts: ["Это было в 1990 г. в Москве, т.е. давно.", "Да, проф. Иванов там был."]),
        Case(what: "Greek", parts: ["Βρέχει;", "Ναι.", "Τι;"]),
        Case(what: "Chinese", parts: ["今天下雨。", "真的吗？", "“是的！”", "我知道了。"], between: ""),
        Case(what: "Japanese", parts: ["雨です。", "「本当ですか？」", "はい。"], between: ""),
        Case(what: "Chinese with Latin signs", parts: ["真的吗?", "是的!", "好。"], between: ""),
        Case(what: "Korean", parts: ["비가 온다.", "정말?", "그래."]),
        Case(what: "Arabic", parts: ["هل تمطر؟", "نعم تمطر.", "قال د. أحمد ذلك."]),
        Case(what: "Urdu", parts: ["بارش ہو رہی ہے۔", "کیا واقعی؟"]),
        Case(what: "Hindi", parts: ["बारिश हो रही है।", "क्या सच में?", "डॉ. शर्मा आए।"]),
        Case(what: "Amharic", parts: ["ዝናብ እየዘነበ ነው።", "እውነት?"]),
        Case(what: "Armenian", parts: ["Անձրև է գալիս։", "Այո։"]),
        Case(what: "Burmese", parts: ["မိုးရွာနေသည်။", "ဟုတ်တယ်။"]),
        Case(what: "Khmer", parts: ["ភ្លៀងកំពុងធ្លាក់។", "មែនហើយ។"]),
        Case(what: "Thai ends at lines", parts: ["ฝนตก จริงหรือ", "ใช่"], between: "\n"),
        Case(what: "Hebrew", parts: ["יורד גשם.", "באמת?", "כן!"]),
    ]) func sentencesAreThoseOfTheLanguage(each: Case) {
        #expect(sentences(each.parts.joined(separator: each.between)) == each.parts)
    }

    @Test func aTextBrokenAtAWidthIsPutTogether() {
        #expect(sentences("The release was held\nback because recall\nfell.\nThen it went.").count == 2)
        #expect(sentences("one\r\ntwo") == ["one\r\ntwo"])
        #expect(sentences("one\r\nTwo") == ["one", "Two"])
    }

    /// Nothing but white space is lost, whatever the text.
    @Test func everythingButWhiteSpaceIsInASentence() {
        let alphabet = Array("aB1 .。!?؟।\n\r\t\"'([1])」…;;д。")
        var state: UInt64 = 7
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int(state >> 33 % 40) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1
            let kept = sentences(text).joined().unicodeScalars.filter { !$0.properties.isWhitespace }
            #expect(
                Array(kept) == Array(text.unicodeScalars.filter { !$0.properties.isWhitespace }), "\(text)")
        }
    }

    @Test func aMegabyteTakesNoTime() {
        let began = ContinuousClock.now
        #expect(sentences(String(repeating: "It rains. ", count: 100_000)).count == 100_000)
        #expect(sentences(String(repeating: "[", count: 1 << 19)).count == 1)
        #expect(sentences(String(repeating: ".", count: 1 << 20)).count == 1)
        #expect(ContinuousClock.now - began < .seconds(60))
    }

    @Test(arguments: [
        ("It fell by 3.14 to 1,234.50 in 1990.", ["3.14", "1234.5", "1990"], []),
        ("1.234,50 and 1 234 and 1'234'567", ["1234.5", "1", "234", "1234567"], []),
        ("٣٫٥ and १२३ and ５", ["3.5", "123", "5"], []),
        (
            "The 3rd COVID-19 wave hit NASA and Marie Curie.", ["19"],
            ["3rd", "covid", "nasa", "marie", "curie"]
        ),
        ("I think that it rains, as I said.", [], []),
        ("Вчера Анна приехала в Москву 5 мая.", ["5"], ["анна", "москву"]),
        ("今天有3只猫和GPT4。", ["3"], ["gpt4"]),
        ("007 and 0.50 and 3.", ["7", "0.5", "3"], []),
    ]) func numbersAndNamesAreFound(_ text: String, _ numbers: [String], _ names: [String]) {
        let found = NamesAndNumbers(text)
        #expect(found.numbers == numbers)
        #expect(found.names == names)
    }
}
