/// One line of code as words and single signs.
///
/// Hand-cut, since expressions over thirty thousand lines took half a minute.
struct CodeTokens {
    struct Token: Hashable {
        let text: Substring
        /// Whether it touches the token before it.
        let touches: Bool

        var isWord: Bool { text.utf8.first.map(CodeTokens.isWordByte) ?? false }
    }

    let all: [Token]

    init(_ code: String) {
        var tokens: [Token] = []
        let bytes = code.utf8
        var index = bytes.startIndex
        var touches = false
        while index < bytes.endIndex {
            let byte = bytes[index]
            let start = index
            index = bytes.index(after: index)
            if byte == 0x20 || byte == 0x09 {
                touches = false
                continue
            }
            if Self.isWordByte(byte) {
                while index < bytes.endIndex, Self.isWordByte(bytes[index]) {
                    index = bytes.index(after: index)
                }
            }
            tokens.append(Token(text: code[start..<index], touches: touches))
            touches = true
        }
        all = tokens
    }

    /// Letters, digits, the underscore, and every byte beyond ASCII.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: true
        default: false
        }
    }

    /// The token at a place, or an empty text beyond either end.
    subscript(_ index: Int) -> Substring { all.indices.contains(index) ? all[index].text : "" }

    /// Places at which these tokens stand in a row.
    func places(_ texts: Substring...) -> [Int] {
        all.indices.filter { place in texts.indices.allSatisfy { self[place + $0] == texts[$0] } }
    }

    func has(_ text: Substring) -> Bool { all.contains { $0.text == text } }

    /// The module that the line imports: `@attribute(…) access import kind Module`.
    var importedModule: String? {
        var index = 0
        while self[index] == "@" {
            index += 2
            guard self[index] == "(", let end = all[index...].firstIndex(where: { $0.text == ")" }) else {
                continue
            }
            index = end + 1
        }
        if ["public", "package", "internal", "fileprivate", "private"].contains(self[index]) { index += 1 }
        guard self[index] == "import" else { return nil }
        index += 1
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
        ]
        if kinds.contains(self[index]) { index += 1 }
        return all.indices.contains(index) && all[index].isWord ? String(self[index]) : nil
    }
}
