import Curation
import Domain
import Glibc
import Storage
import Text

/// What every command takes that looks for what must not be kept.
enum SensitiveArguments {
    static let flags: [Flag] = [
        Flag(name: "names", value: "FILE", repeats: true, summary: "names to replace, a line each"),
        Flag(
            name: "pattern", value: "NAME=REGEX", repeats: true,
            summary: "a pattern of your own (PCRE2), reported as NAME"),
        Flag(
            name: "kinds", value: "LIST",
            summary: "built-in kinds to look for (default: key,mail,account,card,phone; there is address)"),
        Flag(name: "allow", value: "TEXT", repeats: true, summary: "nobody's: your own hotline or mailbox"),
        Flag(
            name: "key-file", value: "FILE",
            summary: "the key that makes pseudonyms stable (default: the variable \(keyVariable))"),
    ]

    static let keyVariable = "SLUICE_PSEUDONYM_KEY"

    static func finder(_ arguments: Arguments, _ console: Console) throws -> SensitiveFinder {
        var names: [String] = []
        for path in arguments.all("names") {
            let text = String(decoding: try input(path, console), as: UTF8.self)
            for line in text.split(whereSeparator: \.isNewline) where line.first != "#" {
                names.append(String(line))
            }
        }
        var custom: [(name: String, pattern: String)] = []
        for text in arguments.all("pattern") {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex,
                isName(text[..<equals]), text.index(after: equals) != text.endIndex
            else {
                throw Arguments.Problem(
                    message: "--pattern takes NAME=REGEX, the name of letters, digits and '-', not '\(text)'",
                    hint: nil)
            }
            custom.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        let kinds = try kinds(arguments)
        do throws(SensitivePatternProblem) {
            return try SensitiveFinder(kinds: kinds, names: names, custom: custom)
        } catch {
            throw Arguments.Problem(
                message:
                    "--pattern \(error.name): \(error.problem.message) at its character \(error.problem.offset + 1)",
                hint: nil)
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 || $0 == 45 || $0 == 95 }
    }

    private static func kinds(_ arguments: Arguments) throws(Arguments.Problem) -> [SensitiveKind] {
        guard let list = arguments.value("kinds") else { return SensitiveKind.usual }
        var kinds: [SensitiveKind] = []
        for word in list.split(separator: ",") {
            let known = SensitiveKind.builtIn.map(\.word)
            guard let kind = SensitiveKind.builtIn.first(where: { $0.word == word }) else {
                let near = nearest(String(word), in: known).map { "did you mean '\($0)'?" }
                throw Arguments.Problem(
                    message: "--kinds '\(word)' is none of \(known.joined(separator: ", "))", hint: near)
            }
            kinds.append(kind)
        }
        return kinds
    }

    static func input(_ path: String, _ console: Console) throws(PolicyFile.Shown) -> [UInt8] {
        do throws(StoreError) { return try InputFile.read(path) } catch {
            console.error("sluice: \(error.description)")
            throw PolicyFile.Shown(status: ExitStatus.badInput)
        }
    }

    // MARK: The key

    struct Key {
        let bytes: [UInt8]
        /// Where it came from, for people.
        let origin: String
        let isRandom: Bool
    }

    /// The key that was named; nil where none was.
    static func key(_ arguments: Arguments, _ console: Console) throws -> Key? {
        if let path = arguments.value("key-file") {
            var bytes = try input(path, console)
            while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
            return try checked(Key(bytes: bytes, origin: "the file \(path)", isRandom: false))
        }
        guard let text = Environment.value(keyVariable), !text.isEmpty else { return nil }
        return try checked(
            Key(bytes: Array(text.utf8), origin: "the variable \(keyVariable)", isRandom: false))
    }

    private static func checked(_ key: Key) throws(Arguments.Problem) -> Key {
        guard key.bytes.count >= Pseudonyms.leastKeyBytes else {
            throw Arguments.Problem(
                message:
                    "the key of \(key.origin) has \(key.bytes.count) bytes; one that nobody can try out has "
                    + "\(Pseudonyms.leastKeyBytes) and more",
                hint: "make one: openssl rand -hex 32")
        }
        return key
    }

    static func randomKey() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// The key that was named, else the one that a store keeps for itself, made when it is first wanted.
    static func key(_ arguments: Arguments, keptIn store: String, _ console: Console) throws -> Key {
        if let key = try key(arguments, console) { return key }
        let path = store + "/pseudonym.key"
        let digits = Array("0123456789abcdef".utf8)
        var made = false
        var bytes: [UInt8] = []
        // Nobody else's to read, from its first byte on.
        let mask = umask(0o077)
        defer { _ = umask(mask) }
        try GuardedFile.update(path, what: "the key of pseudonyms") { old in
            if let old, old.count >= Pseudonyms.leastKeyBytes {
                bytes = old
                return old
            }
            made = true
            bytes = randomKey().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] } + [0x0A]
            return bytes
        }
        if made {
            console.error(
                "note: made a key for pseudonyms, \(path); whoever has it can try out who is who: keep it, and keep it out "
                    + "of the repository")
        }
        while bytes.last == 0x0A { bytes.removeLast() }
        return try checked(Key(bytes: bytes, origin: "the file \(path)", isRandom: false))
    }
}
