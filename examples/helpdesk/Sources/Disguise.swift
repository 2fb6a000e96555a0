/// Undoes what hides words from rules.
enum Disguise {
    static func undone(_ words: [String], in query: String) -> [String] {
        var plain: [String] = []
        var spelled = ""
        func close() {
            if spelled.utf8.count > 3 {
                plain += hidden(in: spelled)
            } else {
                plain += spelled.map(String.init)
            }
            spelled = ""
        }
        for word in words {
            if word.utf8.count == 1, word != "<" {
                spelled += word
                continue
            }
            close()
            plain.append(letters(word))
        }
        close()
        for run in query.split(separator: " ") {
            if let decoded = base64(run) { plain += Guardrail.words(of: decoded) }
        }
        return plain
    }

    /// A word with digits between its letters, as the word it stands for.
    private static func letters(_ word: String) -> String {
        let bytes = Array(word.utf8)
        guard bytes.contains(where: { (0x30...0x39).contains($0) }) else { return word }
        guard bytes.contains(where: { (0x61...0x7a).contains($0) }) else { return word }
        let table: [UInt8: UInt8] = [0x30: 0x6f, 0x31: 0x69, 0x33: 0x65, 0x34: 0x61, 0x35: 0x73, 0x37: 0x74]
        return String(decoding: bytes.map { table[$0] ?? $0 }, as: UTF8.self)
    }

    /// Words found in letters that were written apart ("i g n o r e").
    private static func hidden(in letters: String) -> [String] {
        let known = [
            "ignore", "disregard", "forget", "previous", "all", "instructions", "rules", "reveal", "system",
            "prompt",
        ]
        var rest = letters[...]
        var found: [String] = []
        while !rest.isEmpty {
            if let word = known.first(where: rest.hasPrefix) {
                found.append(word)
                rest = rest.dropFirst(word.count)
            } else {
                rest = rest.dropFirst()
            }
        }
        return found
    }

    private static func base64(_ run: Substring) -> String? {
        guard run.utf8.count >= 16 else { return nil }
        var bits: UInt32 = 0
        var count = 0
        var bytes: [UInt8] = []
        for byte in run.utf8 {
            let value: UInt8
            switch byte {
            case 0x41...0x5a: value = byte - 0x41
            case 0x61...0x7a: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2b: value = 62
            case 0x2f: value = 63
            case 0x3d: continue
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
