/// Names of headers, members and parameters behind which secrets stand, whatever the rules say.
///
/// A name is read as words, which end at changes of case, digits and all that is neither; so one rule serves
/// `user_password`, `userPassword`, `X-User-Password` and `user[password]`. `SensitiveHint` knows each of these words:
/// JSON in which it sees none is not looked at further.
enum SecretNames {
    /// Headers whose values are credentials, beyond those that are known by their words.
    static let headers: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey",
        "x-goog-api-key", "x-amz-security-token", "x-auth-token", "x-access-token", "x-csrf-token",
        "x-xsrf-token",
        "x-session-token", "x-vault-token", "x-sluice-override", "proxy-authenticate", "www-authenticate",
        "authentication-info", "x-forwarded-client-cert", "x-amzn-oidc-data", "x-goog-iap-jwt-assertion",
        "cf-access-jwt-assertion", "dpop",
    ]

    /// Where a name stands.
    enum Place: UInt64 {
        /// A member of JSON, where language models name the pieces of a text tokens.
        case member
        /// A header, a parameter of a query, a field of a form: what is called a token there is one.
        case field
    }

    /// What stands behind a name that is a secret's.
    enum Secret: UInt8 {
        /// Every text and number, and every object and list whole.
        case anything = 1
        /// Texts of 6 characters or more without a space, and numbers as long.
        case sixOrMore = 2
        /// Texts of 8 characters or more without a space; no number.
        case eightOrMore = 3
        /// Texts of 16 characters or more without a space, and numbers as long.
        case sixteenOrMore = 4
        /// As before, but only of the member itself, not of what it holds.
        case sixteenAlone = 5

        private var least: Int {
            switch self {
            case .anything: 1
            case .sixOrMore: 6
            case .eightOrMore: 8
            case .sixteenOrMore, .sixteenAlone: 16
            }
        }

        func hides(valueLength: Int, hasSpace: Bool) -> Bool {
            valueLength >= least && (self == .anything || !hasSpace)
        }

        /// Whether a number as it is written is one; numbers with fractions are times and counts.
        func hides(number: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
            switch self {
            case .anything: true
            case .eightOrMore: false
            default: number.count >= least && number.allSatisfy { $0 &- 0x30 < 10 }
            }
        }

        /// What the name promises of the elements and members of its value.
        var within: Secret? { self == .sixteenAlone ? nil : self }
    }

    /// The secret that a name promises; nil for none. Of a name longer than 128 bytes its end is looked at.
    static func secret(_ name: some Collection<UInt8>, in place: Place) -> Secret? {
        let words = NameWords(name.suffix(128))
        guard let last = words.words.last, let first = words.words.first else { return nil }
        if speaksOfSecrets.contains(last) || asks.contains(first) { return nil }
        if first == "access", words.words.dropFirst().first == "control" { return nil }  // headers of CORS
        if isPassword(words) || isKey(words) || isCode(words) || isPlainly(words, last, in: place) {
            return .anything
        }
        guard let loose = looseSecret(words, last) else { return nil }
        return place == .field ? .anything : loose
    }

    // MARK: - Words

    /// Last words of names that tell something of a secret, not the secret.
    private static let speaksOfSecrets: Set<String> = [
        "count", "counts", "length", "len", "size", "limit", "type", "name", "policy", "version", "algorithm",
        "alg", "method", "status", "required", "enabled", "expires", "expiry", "expiration", "ttl", "at",
        "date", "endpoint", "consent", "accepted", "supported", "usage", "cost", "rate", "second", "ms",
        "seconds", "strength",
    ]

    /// First words of names whose values are flags and bounds.
    private static let asks: Set<String> = ["is", "has", "num", "min", "max", "require", "requires", "allow"]

    /// Nobody writes these but of passwords: found within other words as well.
    private static let stems = [
        "password", "passwd", "passwort", "passphrase", "passcode", "kennwort", "contrase", "motdepasse",
        "wachtwoord", "credential", "csrf",
    ].map { Array($0.utf8) }

    private static let keys = [
        "api", "access", "account", "private", "secret", "encryption", "decryption", "subscription",
        "signing", "auth", "master", "functions", "ssh", "hmac", "session",
    ].map { Array(($0 + "key").utf8) }

    private static let tokens = [
        "access", "refresh", "auth", "bearer", "session", "security", "api", "csrf", "xsrf", "oauth",
    ].map { Array(($0 + "token").utf8) }

    private static let codes = ["security", "onetime", "mfa", "auth", "pin"].map { Array(($0 + "code").utf8) }

    private static func isPassword(_ name: NameWords) -> Bool {
        stems.contains { name.holds($0) } || name.words.contains("pwd")
    }

    private static func isKey(_ name: NameWords) -> Bool { keys.contains { name.holdsAtWordEnd($0) } }

    private static func isCode(_ name: NameWords) -> Bool { codes.contains { name.holdsAtWordEnd($0) } }

    /// What is a secret in one word, or in two.
    private static func isPlainly(_ name: NameWords, _ last: String, in place: Place) -> Bool {
        switch last {
        case "authorization", "bearer", "cookie", "cookies", "pin": return true
        case "signature", "sig", "hmac", "xsrf", "sessid", "phpsessid":
            // In JSON signatures vouch for what can be read.
            if place == .field || last.hasSuffix("sessid") { return true }
        case "secret", "secrets": if name.words.count > 1 { return true }
        case "number", "hash": if name.words.dropLast().last == "pin" { return true }
        case "id": if name.words.dropLast().last == "session" { return true }
        default: break
        }
        if name.words.contains(where: { ["jwt", "otp", "totp", "cvv", "cvc"].contains($0) }) { return true }
        if last.hasSuffix("sessionid") { return true }
        if last.hasSuffix("secret"), last != "secret" { return true }
        // `grid_token` is no id's.
        if last == "idtoken" || (last == "token" && name.words.dropLast().last == "id") { return true }
        return tokens.contains { name.holdsAtWordEnd($0) }
    }

    private static let marks: Set<String> = [
        "eos", "bos", "pad", "unk", "sep", "cls", "mask", "stop", "first", "last", "start", "end", "special",
        "next", "per", "prompt", "completion", "input", "output",
    ]

    private static func looseSecret(_ name: NameWords, _ last: String) -> Secret? {
        let isAlone = name.words.count == 1 || (name.words.count == 2 && name.words[0] == "x")
        switch last {
        case "secret", "secrets", "pass": return .sixOrMore
        case "auth": return .sixteenOrMore
        case "token":
            if isAlone { return .sixteenOrMore }
            return name.words.contains(where: marks.contains) ? nil : .eightOrMore
        case "session": return .sixteenAlone
        case "sid": return isAlone ? .sixteenAlone : nil
        default: return last.hasSuffix("token") ? .eightOrMore : nil
        }
    }
}

/// The words of a name, in small letters: they end where capitals begin, at digits, and at what is no letter.
struct NameWords {
    private(set) var words: [String] = []
    /// All letters, and behind how many of them words end.
    private var letters: [UInt8] = []
    private var ends: Set<Int> = []

    init(_ name: some Collection<UInt8>) {
        let bytes = Array(name)
        var start = 0
        for (at, byte) in bytes.enumerated() {
            guard Self.isLetter(byte) else {
                end(&start)
                continue
            }
            if Self.isCapital(byte), at > 0, letters.count > start {
                let isAfterSmall = !Self.isCapital(bytes[at - 1])
                let isBeforeSmall =
                    at + 1 < bytes.count && Self.isLetter(bytes[at + 1]) && !Self.isCapital(bytes[at + 1])
                if isAfterSmall || isBeforeSmall { end(&start) }
            }
            letters.append(Self.isCapital(byte) ? byte | 0x20 : byte)
        }
        end(&start)
    }

    private mutating func end(_ start: inout Int) {
        guard letters.count > start else { return }
        words.append(String(decoding: letters[start...], as: UTF8.self))
        ends.insert(letters.count)
        start = letters.count
    }

    /// What is beyond ASCII is a letter.
    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 }

    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    /// Whether the letters stand in the name, whatever is between them.
    func holds(_ stem: [UInt8]) -> Bool { ByteSearch.first(stem, in: letters) != nil }

    /// Whether the letters stand in the name and a word ends with them, or with an `s` behind them.
    func holdsAtWordEnd(_ stem: [UInt8]) -> Bool {
        var from = 0
        while let place = ByteSearch.first(stem, in: letters, from: from) {
            let end = place + stem.count
            if ends.contains(end) { return true }
            if end < letters.count, letters[end] == UInt8(ascii: "s"), ends.contains(end + 1) { return true }
            from = place + 1
        }
        return false
    }
}
