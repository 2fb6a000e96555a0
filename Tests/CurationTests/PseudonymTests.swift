import Curation
import Notation
import Testing
import Text

/// Pseudonyms: stable under a key, unlinkable under another, of the shape of what they stand for, and nobody's.
@Suite struct PseudonymTests {
    private let one = Pseudonyms(key: Array("0123456789abcdef0123".utf8))
    private let other = Pseudonyms(key: Array("0123456789abcdef0124".utf8))

    @Test func spellingsOfOneAddressShareAPseudonymAndAnotherKeyGivesAnother() {
        let groups: [(SensitiveKind, [String])] = [
            (
                .mail,
                ["kim@example.com", "KIM@Example.com", "kim [at] example [dot] com", "kim@example (dot) com"]
            ),
            (.phone, ["2025550143", "(202) 555-0143", "202.555.0143"]),
            (.card, ["4111 1111 1111 1111", "4111-1111-1111-1111"]),
            (.account, ["DE89 3704 0044 0532 0130 00", "DE89370400440532013000"]),
            (.name, ["Anna-Lena Müller", "Anna-Lena Müller"]),
        ]
        for (kind, spellings) in groups {
            let all = Set(spellings.map { Pseudonyms.canonical(kind, one.pseudonym(kind, of: $0)) })
            #expect(all.count == 1, "\(kind.word): \(all)")
            #expect(one.pseudonym(kind, of: spellings[0]) != other.pseudonym(kind, of: spellings[0]))
            #expect(one.pseudonym(kind, of: spellings[0]) == one.pseudonym(kind, of: spellings[0]))
        }
        #expect(one.mark("a", of: "b") != one.mark("b", of: "a"))
    }

    private func digits(_ text: String) -> [Int] { text.compactMap(\.wholeNumberValue) }

    @Test(arguments: [
        "+49 30 23125 123", "0049 (0) 30 23125-123", "020 7946 0958", "(202) 555-0143", "1-202-555-0143",
        "07700900123", "555-0143", "612 345 678",
    ])
    func aNumberKeepsItsDigitsAndGroups(_ number: String) {
        let new = one.pseudonym(.phone, of: number)
        #expect(new.count == number.count)
        #expect(new != number)
        for (a, b) in zip(new, number) { #expect(a == b || (a.isNumber && b.isNumber), "\(new)") }
        #expect(Pseudonyms.isPseudonym(.phone, new), "\(new)")
        #expect(!Pseudonyms.isPseudonym(.phone, number))
    }

    @Test(arguments: ["4111 1111 1111 1111", "378282246310005", "5555-5555-5555-4444", "4222222222222"])
    func aCardPassesItsCheckAndIsFoundAsOne(_ number: String) throws {
        let new = one.pseudonym(.card, of: number)
        #expect(digits(new).count == digits(number).count)
        #expect(digits(new)[0] == digits(number)[0])
        var sum = 0
        for (place, digit) in digits(new).reversed().enumerated() {
            sum += place % 2 == 1 ? digit * 2 / 10 + digit * 2 % 10 : digit
        }
        #expect(sum % 10 == 0)
        #expect(Pseudonyms.isPseudonym(.card, new))
        #expect(try SensitiveFinder(kinds: [.card]).findings(in: "card \(new).").count == 1)
    }

    @Test func anAccountIsRightByItsCheckDigits() throws {
        for number in ["DE89 3704 0044 0532 0130 00", "gb29nwbk60161331926819"] {
            let new = one.pseudonym(.account, of: number)
            #expect(new.count == number.count && new.lowercased().hasPrefix("xx"))
            #expect(try SensitiveFinder(kinds: [.account]).findings(in: new).count == 1, "\(new)")
        }
    }

    @Test func aNameKeepsItsWordsAndItsLetterCase() {
        let new = one.pseudonym(.name, of: "Anna-Lena Müller")
        let words = new.split { " -".contains($0) }
        #expect(words.count == 3 && new.contains("-") && words.allSatisfy { $0.first?.isUppercase == true })
        #expect(one.pseudonym(.name, of: "ANNA-LENA MÜLLER") == new.uppercased())
        #expect(one.pseudonym(.name, of: "Frau Müller").hasSuffix(words[2]))
        #expect(Pseudonyms.isPseudonym(.name, new))
        for real in ["Felix", "Max Beatrix", "Alex", "Marx", "Hendrix", "Knox"] {
            #expect(!Pseudonyms.isPseudonym(.name, real), "\(real)")
        }
    }

    @Test func addressesBecomeReservedOnes() throws {
        for address in ["192.0.2.17", "2001:db9::8a2e:370:7334"] {
            let new = one.pseudonym(.address, of: address)
            #expect(Pseudonyms.isPseudonym(.address, new) && !Pseudonyms.isPseudonym(.address, address))
            #expect(try SensitiveFinder(kinds: [.address]).findings(in: new).count == 1, "\(new)")
        }
    }

    // MARK: Rows

    private func anonymiser(
        _ options: Anonymiser.Options = .init(), key: Pseudonyms? = nil
    ) throws -> Anonymiser {
        let finder = try SensitiveFinder(
            names: ["Erika Mustermann"], custom: [("customer", #"\bC-\d{6}\b"#)])
        return Anonymiser(finder, key ?? one, options)
    }

    private func pass(_ text: String, _ anonymiser: inout Anonymiser) throws -> String {
        try Array(text.utf8).withUnsafeBufferPointer { row in
            let new = try anonymiser.row(row, id: "Q-1", file: "f.jsonl", line: 1)
            return new.map { String(decoding: $0, as: UTF8.self) } ?? text
        }
    }

    private let row = #"""
        {"query_id": "Q-1", "query": "Erika Mustermann, erika@example.com", "conversation_history": [{"role": "user", "content": "erika@example.com"}], "reference_response": ["write to erika@example.com"], "context": ["call +44 20 7946 0958"], "meta": {"a": {"b": ["C-123456"]}}, "must_include": [{"regex": "erika@example\\.com"}], "user_id": "erika@example.com", "phone": 4930123456, "n": 1.50, "erika@example.com": null, "url": "https://x.example/020 7946 0958"}
        """#

    @Test func everyFieldIsReplacedAlikeAndWhatCannotBeIsTold() throws {
        var anonymiser = try anonymiser()
        let new = try pass(row, &anonymiser)
        let value = try JSONValue.parse(new)
        let mail = one.pseudonym(.mail, of: "erika@example.com")
        #expect(value["query"]?.stringValue?.hasSuffix(", " + mail) == true)
        #expect(value["conversation_history"]?[0]?["content"] == .string(mail))
        #expect(value["reference_response"]?[0] == .string("write to " + mail))
        #expect(value["meta"]?["a"]?["b"]?[0]?.stringValue?.hasPrefix("[customer-") == true)
        #expect(new.contains("\"n\": 1.50"))
        let report = anonymiser.report
        #expect(Set(report.places.compactMap(\.left)) == Set(AnonymiseReport.Left.allCases))
        #expect(report.left == 4)
        #expect(report.byKind.first == AnonymiseReport.Tally("mail", 6))
        #expect(report.distinct("mail") == 1)
        #expect(report.byField.contains { $0.name == "/conversation_history/*/content" })
        // The report never says what it was.
        #expect(!"\(report)".contains("erika@") && !"\(report)".contains("Mustermann"))
        // What was replaced is not found again.
        var second = try self.anonymiser()
        _ = try pass(new, &second)
        #expect(second.report.found == report.left && second.report.left == report.left)
    }

    @Test func idsAreReplacedWhenAskedForAndPlacesAreLeftWhenAskedFor() throws {
        var options = Anonymiser.Options()
        options.replacesIdentifiers = true
        options.kept = ["/conversation_history/*/content", "/meta"]
        options.allowed = ["+44 20 79460958"]
        var anonymiser = try anonymiser(options)
        let value = try JSONValue.parse(try pass(row, &anonymiser))
        #expect(value["user_id"]?.stringValue == one.pseudonym(.mail, of: "erika@example.com"))
        #expect(value["conversation_history"]?[0]?["content"] == "erika@example.com")
        #expect(value["meta"]?["a"]?["b"]?[0] == "C-123456")
        #expect(value["context"]?[0] == "call +44 20 7946 0958")
    }

    @Test func aRepeatedKeyHidesNothing() throws {
        var anonymiser = try anonymiser()
        let new = try pass(#"{"q": "erika@example.com", "q": "fine"}"#, &anonymiser)
        #expect(!new.contains("erika"))
    }

    @Test func whatANameOfAColumnSaysIsHeard() throws {
        var anonymiser = try anonymiser()
        let new = try pass(
            #"{"password": "bananas1", "customer_name": "Zoë Q", "mobileNumber": "612345678", "order": "612345678"}"#,
            &anonymiser)
        let value = try JSONValue.parse(new)
        #expect(value["password"]?.stringValue?.hasPrefix("[key-") == true)
        #expect(value["customer_name"] != "Zoë Q" && value["mobileNumber"] != nil)
        #expect(value["order"] == "612345678")
    }

    @Test func aColumnOfNamesIsReplacedWholeWhateverPartAListKnows() throws {
        var anonymiser = Anonymiser(try SensitiveFinder(names: ["Kim"]), one)
        let new = try pass(#"{"query": "Kim asks", "customer_name": "Kim Lee"}"#, &anonymiser)
        #expect(!new.contains("Lee") && !new.contains("Kim"), "\(new)")
    }

    @Test func aCardThatIsABareNumberIsTold() throws {
        var anonymiser = Anonymiser(try SensitiveFinder(), one)
        let row =
            #"{"card": 4111111111111111, "list": [4111111111111111], "at": 1763640000000, "n": 4111111111111112}"#
        #expect(try pass(row, &anonymiser) == row)
        #expect(anonymiser.report.left == 2 && anonymiser.report.found == 2, "\(anonymiser.report)")
        #expect(anonymiser.report.places.map(\.pointer) == ["/card", "/list/0"])
    }

    /// However it is hidden or widened, a person is the same person.
    @Test func aHiddenSpellingHasThePseudonymOfThePlainOne() throws {
        var anonymiser = Anonymiser(try SensitiveFinder(), one)
        func row(_ mail: String) throws -> String {
            let phone = mail.count > 15 ? "+49 30 23125\u{AD} 123" : "+49 30 23125 123"
            let value: JSONValue = ["query": .string("ask \(mail) or \(phone)")]
            let bytes = value.bytes()
            let new = try bytes.withUnsafeBufferPointer {
                try anonymiser.row($0, id: nil, file: "f", line: 1)
            }
            return String(decoding: new ?? bytes, as: UTF8.self)
        }
        let plain = try row("kim@example.com")
        #expect(plain.contains("@people.invalid") && !plain.contains("23125"))
        for spelling in ["kim@exa\u{200B}mple.com", "ki\u{AD}m@example.com\u{AD}", "ｋｉｍ＠ｅｘａｍｐｌｅ．ｃｏｍ "] {
            let hidden = try row(spelling)
            let same = hidden.replacing("\u{AD}", with: "").replacing("  ", with: " ")
            #expect(same == plain, "\(hidden)")
        }
    }
}
