import Testing
import Text

/// What is found, and what is left alone. Card and account numbers are those that schemes publish for tests;
/// telephone numbers are those reserved for fiction (North America 555-01xx, Ofcom's drama numbers, Bundesnetzagentur's).
@Suite struct SensitiveTests {
    private func found(
        _ text: String, kinds: [SensitiveKind] = SensitiveKind.usual, names: [String] = []
    ) throws -> [String] {
        let finder = try SensitiveFinder(kinds: kinds, names: names)
        let bytes = Array(text.utf8)
        return try finder.findings(in: text).map {
            $0.kind.word + " " + String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("Write to kim@example.com.", ["mail kim@example.com"]),
        ("KIM.O'NEIL+shop@mail.example.co.uk!", ["mail KIM.O'NEIL+shop@mail.example.co.uk"]),
        ("(françois@exämple.fr)", ["mail françois@exämple.fr"]),
        ("kim [at] example [dot] org", ["mail kim [at] example [dot] org"]),
        ("用户@例子.中国 please", ["mail 用户@例子.中国"]),
        ("my card 4111 1111 1111 1111 exp 12/27", ["card 4111 1111 1111 1111"]),
        ("5555-5555-5555-4444", ["card 5555-5555-5555-4444"]),
        ("my number is 4111111111111111ok", ["card 4111111111111111"]),
        ("x4111111111111111", ["card 4111111111111111"]),
        ("x5555 5555 5555 4444, thanks", ["card 5555 5555 5555 4444"]),
        ("nr378282246310005b", ["card 378282246310005"]), ("id30569309025904z", ["card 30569309025904"]),
        ("'kim lee'@example.org", ["mail 'kim lee'@example.org"]),
        ("to \"kim lee\"@example.org!", ["mail \"kim lee\"@example.org"]),
        (
            "AccountName=shop;AccountKey=c2VzYW1lLW9wZW5z+/IHRoZQ==;EndpointSuffix=core.example",
            ["key c2VzYW1lLW9wZW5z+/IHRoZQ=="]
        ),
        ("private_key: sesameopens", ["key sesameopens"]),
        ("amex 378282246310005", ["card 378282246310005"]),
        ("IBAN DE89 3704 0044 0532 0130 00 now", ["account DE89 3704 0044 0532 0130 00"]),
        ("gb29nwbk60161331926819", ["account gb29nwbk60161331926819"]),
        ("call +1 202-555-0143 today", ["phone +1 202-555-0143"]),
        ("(202) 555-0143", ["phone (202) 555-0143"]),
        ("202.555.0143", ["phone 202.555.0143"]),
        ("+44 20 7946 0958", ["phone +44 20 7946 0958"]),
        ("020 7946 0958", ["phone 020 7946 0958"]),
        ("Tel. 030 23125 123", ["phone 030 23125 123"]),
        ("0049 (0) 30 23125-123", ["phone 0049 (0) 30 23125-123"]),
        ("my phone number is 2025550143", ["phone 2025550143"]),
        ("07700900123", ["phone 07700900123"]),
        ("use sk-proj-abcdefghijklmnop1234 please", ["key sk-proj-abcdefghijklmnop1234"]),
        ("AKIAIOSFODNN7EXAMPLE", ["key AKIAIOSFODNN7EXAMPLE"]),
        ("Authorization: Bearer abcdef0123456789abcdef", ["key abcdef0123456789abcdef"]),
        ("password: hunter2hunter2", ["key hunter2hunter2"]),
        ("postgres://kim:s3cr3t!@db.example/shop", ["key s3cr3t!"]),
        ("{\"api_key\": \"9f8e7d6c5b4a\"}", ["key 9f8e7d6c5b4a"]),
    ])
    func whatMustNotBeKeptIsFound(_ text: String, _ expected: [String]) throws {
        #expect(try found(text) == expected)
    }

    @Test(arguments: [
        "Order 12345678 of 2026-11-20 costs 1,299.00 EUR.", "Version 10.4.2026 at 10:30:15",
        "4111 1111 1111 1112 is no card: its check digit is wrong", "0000 0000 0000 0000",
        "x4111111111111112 has a wrong check digit", "req1234567890123452 begins as no card",
        "x41111111111111113 is too long for its scheme", "say 'kim' @ six", "'kim' and 'lee'",
        "5f4111e1-1111-4111-8111-111111111111",
        "Pages 100-200, ISBN 978-3-16-148410-0", "What is the token limit?", "The password is required.",
        "Meet @kim at five", "a@b", "π ≈ 3.14159265358979",
        "DE89370400440532013001 has wrong check digits",
        "20.11.2026", "on 11/20/2026 we met", "0.0012345678", "Ticket #0042-17", "1e100 sk-short",
        "Call me Ishmael.", "the secret is out",
    ])
    func whatIsNoneIsLeftAlone(_ text: String) throws {
        #expect(try found(text) == [])
    }

    @Test func addressesAreFoundWhenAskedFor() throws {
        let text = "from 192.0.2.17 and 2001:db8::8a2e:370:7334, not 1.2.3.4.5 or 10:30:15 or 999.1.1.1"
        #expect(
            try found(text, kinds: [.address]) == ["address 192.0.2.17", "address 2001:db8::8a2e:370:7334"])
        #expect(try found(text) == [])
    }

    @Test(arguments: [
        ("Dear Anna-Lena Müller, hello", ["name Anna-Lena Müller"]),
        ("ANNA LENA MÜLLER", ["name ANNA LENA MÜLLER"]),
        ("Will will see Will's will", ["name Will", "name Will"]),
        ("i am will", ["name will"]),
        ("Williams is not listed", []),
        ("Kim Example and Kim", ["name Kim Example"]),
        ("田中 さん", ["name 田中"]),
    ])
    func listedNamesAreFoundAsWholeWords(_ text: String, _ expected: [String]) throws {
        #expect(
            try found(text, names: ["Anna-Lena Müller", "Will", "kim example", "田中", " "]) == expected)
    }

    @Test func patternsOfOnesOwnComeFirstAndAreNamed() throws {
        let finder = try SensitiveFinder(custom: [("customer", #"C-\d{6}"#), ("mine", "kim@\\S+")])
        let (text, findings) = try finder.replacing(in: "C-123456 wrote kim@example.com") { kind, found in
            "<\(kind.word) \(found.utf8.count)>"
        }
        #expect(text == "<customer 8> wrote <mine 15>")
        #expect(findings.map(\.kind) == [.custom("customer"), .custom("mine")])
        #expect(throws: SensitivePatternProblem.self) { try SensitiveFinder(custom: [("bad", "(")]) }
    }

    @Test func longHostileTextsTakeLinearTime() throws {
        let finder = try SensitiveFinder(kinds: SensitiveKind.builtIn, names: ["Kim"])
        for piece in [
            "a.", "1 ", "+1", "(0", "@", "a@", "::", "password=", "\"", "'", "4111", "x4111 ", "0-", "kim ",
            "1-1.",
        ] {
            let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
            let start = ContinuousClock.now
            // Giving up is an answer too; hanging is none.
            _ = try? finder.findings(in: text)
            let taken = ContinuousClock.now - start
            #expect(taken < .seconds(1), "'\(piece)' took \(taken)")
        }
    }
}
