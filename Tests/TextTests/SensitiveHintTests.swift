import Testing
import Text

@Suite struct SensitiveHintTests {
    private static func maybe(_ text: String, _ form: SensitiveHint.Form = .plain) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { SensitiveHint.maybe($0, as: form) }
    }

    @Test(arguments: [
        "", "Where is my order?", "It costs 12.50, and comes in 3 to 5 days (or so).",
        "The café – “open” 🙂 до 18:30",
        "ご注文は三日で届きます。", String(repeating: "x", count: 1024), "Accept: */*\r\nHost: example.test",
        "an up-to-date, well_known thing.", "a book for my cousin", "version 1.2.3 of 2026",
    ])
    func plainTextsNeedNoFinder(text: String) { #expect(!Self.maybe(text)) }

    @Test func numbersOfJSONAreNoTexts() {
        #expect(!Self.maybe(#"{"created":1677652288,"n":[1234567,8]}"#, .json))
        #expect(Self.maybe(#"{"created":"1677652288"}"#, .json))
        #expect(Self.maybe(#"{"a":"john\u0040example.com"}"#, .json))
        #expect(!Self.maybe(#"{"a":"say \"12\" or \"34\"","b":123456789}"#, .json))
    }

    /// In names alone: texts speak of cookies and pins.
    @Test(arguments: [
        "user_pin", "otp", "cvv2", "cardCvc", "jwt", "JWT", "cookie", "session_id", "sessionId", "session",
        "sid",
        "credentials", "private key", "signing-key", "securityCode",
    ])
    func wordsInNamesOfSecretsAreSeenInJSON(name: String) {
        #expect(Self.maybe(#"{"a":1,"\#(name)":"x"}"#, .json))
        #expect(Self.maybe(#"{"a":"{\"\#(name)\":1}"}"#, .json))
    }

    @Test func wordsThatOnlyHoldThemAreNone() {
        #expect(
            !Self.maybe(
                #"{"shipping":"an opinion of one session that went by the code, inside","pinned":1}"#, .json))
        #expect(!Self.maybe("cookies, a pin, one session: credentials"))
        #expect(Self.maybe(#"{"n":4111111111111111}"#, .json))
    }

    /// Whatever the finder finds, the hint must have spoken of: sentences of random pieces, half of them pieces of what is
    /// sensitive, each seed a text.
    @Test func whatTheFinderFindsTheHintSaw() throws {
        let finder = try SensitiveFinder()
        let pieces = [
            "john", "@", "example", ".com", " [at] ", "(AT)", "%40", " dot ", "[dot]", "+49", " 151", "-",
            "0", "555",
            "(555) ", "1234567", "4111 1111 1111 1111", "4111", "DE44 5001 0517 5407 3249 31", "GB29NWBK",
            "60161331926819",
            "sk-", "sk_live_", "pk-", "abcdefghijklmnopqrst", "AKIA", "ABCDEFGHIJKLMNOP", "ghp_",
            "github_pat_", "glpat-",
            "xoxb-", "xapp-", "AIza", "ya29.", "hf_", "npm_", "pypi-", "SG.", ".", "dop_v1_", "shpat_",
            "0123456789abcdef",
            "eyJ", "Bearer ", "basic ", "BASIC ", "https://", "user:", "pass", "password", "PASSWORD",
            "passwd", "pwd",
            "kennwort", "contraseña", "mot de passe", "secret", "Token", "api key", "api_key", "apikey",
            "access-key",
            "client_secret", "auth", "Authorization", ": ", "=", "=>", " is ", " ist ", "\"", "'",
            "hunter2hunter",
            "phone ", "tel. ", "call me at ", "m\u{F3}vil ", "\u{200B}", "\u{AD}", "\u{FF11}", "\u{FF20}",
            "\u{A0}",
            "\u{661}\u{662}", "\u{212A}", "\u{17F}", "ü", "中", " ", "\n", "/", "word", ",",
            "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "\u{2011}", "\u{1D7CE}",
            "AccountKey", "private_key", "x4111111111111111ok", "'kim lee'",
        ]
        var state: UInt64 = 20_261_120
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var found = 0
        for seed in 0..<20_000 {
            var text = ""
            for _ in 0..<(2 + next(6)) { text += pieces[next(pieces.count)] }
            guard try !finder.findings(in: text).isEmpty else { continue }
            found += 1
            #expect(Self.maybe(text), "text \(seed): \(text.debugDescription)")
        }
        #expect(found > 2000)
    }

    /// Every example that the finder's own tests know of is one for the hint.
    @Test(arguments: [
        "mail jane.doe@example.org now", "jane(at)example(dot)org", "call +1 (415) 555-2671", "tel 5551234",
        "card 5500-0000-0000-0004", "IBAN MT84MALT011000012345MTLCAST001S", "token=abcdef",
        "AWS AKIAIOSFODNN7EXAMPLE",
        "xoxp-1234567890-abc", "postgres://u:s3cret@db/x", "my passphrase is correct-horse",
    ])
    func examplesAreSeen(text: String) throws {
        #expect(try !SensitiveFinder().findings(in: text).isEmpty)
        #expect(Self.maybe(text))
    }
}
