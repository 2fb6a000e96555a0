import Domain

/// Headers as a user gives them, `Name: value`, with secrets named and never written.
enum InitHeaders {
    static func read(_ texts: [String]) throws(Arguments.Problem) -> [TargetPolicy.Header] {
        var headers: [TargetPolicy.Header] = []
        for text in texts {
            guard let colon = text.firstIndex(of: ":") else {
                throw Arguments.Problem(message: "--header takes 'Name: value', with a colon", hint: nil)
            }
            let name = trimmed(text[..<colon])
            let value = trimmed(text[text.index(after: colon)...])
            let isName =
                !name.isEmpty
                && name.utf8.allSatisfy {
                    isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
                }
            guard isName, !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw Arguments.Problem(message: "--header takes 'Name: value' on one line", hint: nil)
            }
            let secret = Secretive(value)
            if secret.variables.isEmpty, isSecret(name) {
                throw Arguments.Problem(
                    message: "the header '\(name)' holds a secret, which a policy must not",
                    hint:
                        "put it into a variable, and write --header '\(name): \(example(name))' in single quotes"
                )
            }
            for variable in secret.variables where !isVariable(variable) {
                throw Arguments.Problem(
                    message:
                        "the header '\(name)' names no variable: ${env:NAME} has letters, digits and '_'",
                    hint: nil)
            }
            headers.append(TargetPolicy.Header(name: name, value: secret))
        }
        return headers
    }

    /// That an address carries no credentials: it would stand in the policy.
    static func check(address: String) throws(Arguments.Problem) {
        let rest = address.split(separator: "//", maxSplits: 1).last ?? ""
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.contains("@") {
            throw Arguments.Problem(
                message: "the address holds a user and password, which a policy must not",
                hint: "send them as --header 'Authorization: Basic ${env:APP_KEY}'")
        }
        let query = rest.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for parameter in query.split(separator: "&") {
            let name = parameter.prefix { $0 != "=" }.lowercased()
            if ["key", "token", "secret", "password", "sig"].contains(where: { name.contains($0) }) {
                throw Arguments.Problem(
                    message: "the address holds a secret in '\(name)', which a policy must not",
                    hint: "send it as a header: --header 'X-API-Key: ${env:APP_KEY}'")
            }
        }
    }

    private static func example(_ name: String) -> String {
        name.lowercased() == "authorization" ? "Bearer ${env:APP_KEY}" : "${env:APP_KEY}"
    }

    private static func isSecret(_ name: String) -> Bool {
        let plain = name.lowercased()
        return ["authorization", "cookie", "key", "token", "secret", "password", "credential"].contains {
            plain.contains($0)
        }
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, first == 0x5F || isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}

/// Splits a line into words as a shell does, quotes and backslashes heeded; nothing is expanded.
enum ShellWords {
    static func split(_ line: String) throws(Arguments.Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" || character == "\n" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil || isEscaped {
            throw Arguments.Problem(message: "--command: a quote is never closed", hint: nil)
        }
        if let word { words.append(word) }
        guard !words.isEmpty else {
            throw Arguments.Problem(message: "--command names no program", hint: nil)
        }
        return words
    }
}
