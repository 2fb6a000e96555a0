/// Cuts a text into words and numbers, without a library and without a second pass.
enum Tokeniser {
    static func tokens(of text: String) -> [Token] {
        let bytes = Array(text.utf8)
        var tokens: [Token] = []
        var sentence = 0
        var position = 0
        var gapStart = 0
        while position < bytes.count {
            guard isWordByte(bytes, position) else {
                position += width(bytes, position)
                continue
            }
            let start = position
            while position < bytes.count,
                isWordByte(bytes, position) || isInnerMark(bytes, position, from: start)
            {
                position += width(bytes, position)
            }
            let gap = gap(bytes, gapStart, start, isFirst: tokens.isEmpty)
            let isCapital = isCapital(bytes, start)
            if gap == .strong, let last = tokens.last,
                endsSentence(bytes, gapStart, start, after: last, isCapital)
            {
                sentence += 1
            }
            let word = folded(bytes[start..<position])
            let isNumber = bytes[start..<position].contains { (0x30...0x39).contains($0) }
            tokens.append(
                Token(
                    start: withCurrency(bytes, start), end: withPercent(bytes, position), word: word,
                    isCapitalised: isCapital, isNumber: isNumber, isStopword: Stopwords.contains(word),
                    sentence: sentence, gap: gap))
            gapStart = position
        }
        return tokens
    }

    static func text(_ bytes: [UInt8], _ start: Int, _ end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static func isWordByte(_ bytes: [UInt8], _ position: Int) -> Bool {
        switch bytes[position] {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0xe2: !(position + 1 < bytes.count && bytes[position + 1] == 0x80)  // dashes and quotation marks
        case 0xc2: false  // signs and hard spaces
        case 0x80...0xff: true
        default: false
        }
    }

    private static func width(_ bytes: [UInt8], _ position: Int) -> Int {
        switch bytes[position] {
        case 0xc0...0xdf: min(2, bytes.count - position)
        case 0xe0...0xef: min(3, bytes.count - position)
        case 0xf0...0xff: min(4, bytes.count - position)
        default: 1
        }
    }

    /// A comma or point between digits, an apostrophe between letters.
    private static func isInnerMark(_ bytes: [UInt8], _ position: Int, from start: Int) -> Bool {
        guard position > start, position + 1 < bytes.count else { return false }
        let before = bytes[position - 1]
        let after = bytes[position + 1]
        switch bytes[position] {
        case 0x2c, 0x2e: return (0x30...0x39).contains(before) && (0x30...0x39).contains(after)
        case 0x27: return after | 0x20 != 0x73 && (0x61...0x7a).contains(after | 0x20)
        default: return false
        }
    }

    private static func gap(_ bytes: [UInt8], _ start: Int, _ end: Int, isFirst: Bool) -> Token.Gap {
        if isFirst { return .strong }
        var gap = Token.Gap.joined
        for index in start..<end {
            switch bytes[index] {
            case 0x20, 0x09, 0x0a: if gap == .joined { gap = .space }
            case 0x2c: if gap != .strong { gap = .comma }
            case 0x2d, 0x27, 0x2f, 0x26, 0x80...0xff, 0x24, 0x73: break
            default: gap = .strong
            }
        }
        return gap
    }

    private static func endsSentence(
        _ bytes: [UInt8], _ start: Int, _ end: Int, after last: Token, _ isCapital: Bool
    ) -> Bool {
        guard isCapital || (0x30...0x39).contains(bytes[end]) else { return false }
        let marks = bytes[start..<end]
        guard marks.contains(where: { $0 == 0x2e || $0 == 0x21 || $0 == 0x3f }) else { return false }
        return last.end - last.start > 1 && !["dr", "st", "mr", "mrs", "jr", "no", "u.s"].contains(last.word)
    }

    private static func isCapital(_ bytes: [UInt8], _ position: Int) -> Bool {
        if (0x41...0x5a).contains(bytes[position]) { return true }
        return bytes[position] == 0xc3 && position + 1 < bytes.count
            && (0x80...0x9e).contains(bytes[position + 1])
    }

    private static func withCurrency(_ bytes: [UInt8], _ start: Int) -> Int {
        if start > 0, bytes[start - 1] == 0x24 { return start - 1 }
        if start > 1, bytes[start - 2] == 0xc2, bytes[start - 1] == 0xa3 { return start - 2 }
        return start
    }

    private static func withPercent(_ bytes: [UInt8], _ end: Int) -> Int {
        end < bytes.count && bytes[end] == 0x25 ? end + 1 : end
    }

    /// Lower case, and the accents of Latin-1 letters removed.
    static func folded(_ bytes: ArraySlice<UInt8>) -> String {
        var folded: [UInt8] = []
        folded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if (0x41...0x5a).contains(byte) {
                folded.append(byte | 0x20)
            } else if byte == 0xc3, index + 1 < bytes.endIndex, let plain = accents[bytes[index + 1] | 0x20] {
                folded.append(plain)
                index += 1
            } else {
                folded.append(byte)
            }
            index += 1
        }
        return String(decoding: folded, as: UTF8.self)
    }

    private static let accents: [UInt8: UInt8] = {
        var table: [UInt8: UInt8] = [0xa7: 0x63, 0xb1: 0x6e]
        for byte in UInt8(0xa0)...0xa5 { table[byte] = 0x61 }
        for byte in UInt8(0xa8)...0xab { table[byte] = 0x65 }
        for byte in UInt8(0xac)...0xaf { table[byte] = 0x69 }
        for byte in UInt8(0xb2)...0xb6 { table[byte] = 0x6f }
        for byte in UInt8(0xb9)...0xbc { table[byte] = 0x75 }
        return table
    }()
}
