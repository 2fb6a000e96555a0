/// Tells in one pass whether a text may hold what `SensitiveFinder` finds of the usual kinds, so that the finder need
/// not look at texts that hold none: some 1 ns a byte.
///
/// It errs on the side of "may": for every text in which the finder finds a mail address, account, card or telephone
/// number or key it says so. Network addresses, names and patterns of one's own are not its matter.
public enum SensitiveHint {
    /// How bytes are read.
    public enum Form: Sendable {
        case plain
        /// JSON text: digits count within strings alone, since numbers are not texts; an escape by number hides anything.
        case json
    }

    /// Whether these bytes may hold something. Linear.
    public static func maybe(_ bytes: UnsafeBufferPointer<UInt8>, as form: Form = .plain) -> Bool {
        var scan = Scan(bytes: bytes, isJSON: form == .json)
        return scan.run()
    }

    /// Whether this text may hold something. Linear.
    public static func maybe(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { maybe($0) }
    }

    /// What a byte may begin, or be the anchor of; 0: nothing.
    private static let anchors: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in 0x80...0xFF { table[byte] = Anchor.foreign }
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { table[Int(byte)] = Anchor.digit }
        for sign in "@%".utf8 { table[Int(sign)] = Anchor.mail }
        for sign in "[({<".utf8 { table[Int(sign)] = Anchor.bracket }
        for sign in "-_.".utf8 { table[Int(sign)] = Anchor.joint }
        for sign in "AJ".utf8 { table[Int(sign)] = Anchor.capital }
        for sign in "bkpcuBKPCU".utf8 { table[Int(sign)] = Anchor.word }
        table[Int(UInt8(ascii: "\""))] = Anchor.quote
        table[Int(UInt8(ascii: "\\"))] = Anchor.escape
        return table
    }()

    private enum Anchor {
        static let foreign: UInt8 = 1
        static let digit: UInt8 = 2
        static let mail: UInt8 = 3
        static let bracket: UInt8 = 4
        static let joint: UInt8 = 5
        static let capital: UInt8 = 6
        static let word: UInt8 = 7
        static let quote: UInt8 = 8
        static let escape: UInt8 = 9
    }

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        let isJSON: Bool
        var isInString = false
        var lastDigit = -8
        var digits = 0

        /// The fewest digits of a telephone number.
        private static let fewestDigits = 6
        /// The most signs between two digits of one number.
        private static let widestGap = 3

        mutating func run() -> Bool {
            SensitiveHint.anchors.withUnsafeBufferPointer { anchors in
                var at = 0
                while at < bytes.count {
                    if at + 8 <= bytes.count, areBare(at, anchors) {
                        at += 8
                        continue
                    }
                    let anchor = anchors[Int(bytes[at])]
                    if anchor != 0 {
                        if anchor == Anchor.quote {
                            if isJSON { isInString.toggle() }
                        } else if anchor == Anchor.escape {
                            if isJSON {
                                at += 1
                                if at < bytes.count, bytes[at] == UInt8(ascii: "u") { return true }
                            }
                        } else if speaks(anchor, at) {
                            return true
                        }
                    }
                    at += 1
                }
                return false
            }
        }

        /// Whether none of the eight bytes from a place is an anchor: one load, and eight looks without a branch.
        @inline(__always)
        private func areBare(_ at: Int, _ anchors: UnsafeBufferPointer<UInt8>) -> Bool {
            var word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)  // eight bytes are there
                .loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let table = anchors.baseAddress.unsafelyUnwrapped  // 256 of them, one for each byte
            var found: UInt8 = 0
            for _ in 0..<8 {
                found |= table[Int(word & 0xFF)]
                word >>= 8
            }
            return found == 0
        }

        private mutating func speaks(_ anchor: UInt8, _ at: Int) -> Bool {
            switch anchor {
            case Anchor.digit: isJSON && !isInString ? false : takeDigit(at)
            case Anchor.foreign: isHiding(at)
            case Anchor.mail: bytes[at] == UInt8(ascii: "@") || follows(at, "40")
            case Anchor.bracket: spellsAt(at + 1)
            case Anchor.joint: endsKeyPrefix(at)
            case Anchor.capital: beginsKey(at)
            case Anchor.word: isInKeyWord(at)
            default: false
            }
        }

        /// Whether the digit makes a number long enough with those before it.
        private mutating func takeDigit(_ at: Int) -> Bool {
            let gap = at - lastDigit - 1
            var goesOn = gap <= Self.widestGap
            if goesOn, gap > 0 {
                for place in (lastDigit + 1)..<at where !isGap(bytes[place]) { goesOn = false }
            }
            digits = goesOn ? digits + 1 : 1
            lastDigit = at
            return digits >= Self.fewestDigits || beginsAccount(at)
        }

        private func isGap(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x20, 0x2E, 0x2D, 0x2F, 0x28, 0x29: true
            default: false
            }
        }

        /// Whether the second of two digits behind two letters stands where an account's number may begin.
        private func beginsAccount(_ at: Int) -> Bool {
            guard at >= 3, isDigit(bytes[at - 1]), isLetter(bytes[at - 2]), isLetter(bytes[at - 3]) else {
                return false
            }
            if at > 3, isDigit(bytes[at - 4]) || isLetter(bytes[at - 4]) { return false }
            var signs = 0
            var isBehindGap = false
            for byte in bytes[(at + 1)...] {
                if isDigit(byte) || isLetter(byte) {
                    signs += 1
                    isBehindGap = false
                    if signs >= 11 { return true }
                } else {
                    guard byte == 0x20 || byte == 0x2D, !isBehindGap else { return false }
                    isBehindGap = true
                }
            }
            return false
        }

        /// Whether a byte beyond ASCII may be a digit, a space or hyphen of a number, a letter that stands for one of
        /// ASCII, or something unseen within a word. What is known to be none of these: most letters of Latin, Greek,
        /// Cyrillic, kana and Han, typographic quotes and dashes, pictographs.
        private func isHiding(_ at: Int) -> Bool {
            let next = at + 1 < bytes.count ? bytes[at + 1] : 0
            switch bytes[at] {
            case 0x80...0xBF: return false  // the rest of a scalar whose first byte was looked at
            case 0xC5: return next == 0xBF  // long s
            case 0xC3, 0xC4, 0xC6...0xCA, 0xCE...0xD3: return false
            case 0xE3:
                let last = at + 2 < bytes.count ? bytes[at + 2] : 0
                return next == 0x80 && last == 0x80 || next == 0x85 && last == 0xA4  // a space, a filler
            case 0xE4...0xE9: return false
            case 0xE2:
                let last = at + 2 < bytes.count ? bytes[at + 2] : 0
                return !(next == 0x80 && 0x93...0xA6 ~= last)
            case 0xF0:
                let third = at + 2 < bytes.count ? bytes[at + 2] : 0
                return !(next == 0x9F && third != 0xAF)
            default: return true
            }
        }

        /// Whether `at` is spelt here, behind an opening bracket.
        private func spellsAt(_ start: Int) -> Bool {
            var at = start
            if at < bytes.count, bytes[at] <= 0x20 { at += 1 }
            return at + 1 < bytes.count && bytes[at] | 0x20 == 0x61 && bytes[at + 1] | 0x20 == 0x74
        }

        /// Whether a `-`, `_` or `.` ends the beginning that makers give their keys.
        private func endsKeyPrefix(_ at: Int) -> Bool {
            if bytes[at] == UInt8(ascii: "-"), follows(at, "----BEGIN") { return true }
            guard at >= 2 else { return false }
            switch bytes[at] {
            case UInt8(ascii: "-"):
                if precedes(at, "k") { return isOne(bytes[at - 2], of: "spr") }
                return precedes(at, "glpat") || precedes(at, "xapp") || precedes(at, "pypi")
                    || (at >= 4 && bytes[at - 4] == 0x78 && bytes[at - 3] == 0x6F && bytes[at - 2] == 0x78)
            case UInt8(ascii: "_"):
                if precedes(at, "k") { return isOne(bytes[at - 2], of: "spr") }
                return (at >= 3 && bytes[at - 3] == 0x67 && bytes[at - 2] == 0x68)
                    || precedes(at, "hf") || precedes(at, "npm") || precedes(at, "_pat")
                    || precedes(at, "dop_v1") || precedes(at, "shpat") || precedes(at, "shpca")
                    || precedes(at, "shppa") || precedes(at, "shpss")
            default: return precedes(at, "ya29") || precedes(at, "SG")
            }
        }

        /// Whether a capital `A` or `J` belongs to the beginning that makers give their keys.
        private func beginsKey(_ at: Int) -> Bool {
            if bytes[at] == UInt8(ascii: "J") { return precedes(at, "ey") }
            return follows(at, "KIA") || follows(at, "SIA") || follows(at, "ROA") || follows(at, "IDA")
                || follows(at, "Iza")
        }

        /// Whether the letter is the one by which a word is known behind which secrets stand, in any case.
        private func isInKeyWord(_ at: Int) -> Bool {
            switch bytes[at] | 0x20 {
            case UInt8(ascii: "b"): followsFolded(at, "earer") || followsFolded(at, "asic")
            case UInt8(ascii: "k"):
                followsFolded(at, "ennwort")
                    || (followsFolded(at, "en") && precedesFolded(at, "to"))
                    || (followsFolded(at, "ey")
                        && (precedesKey(at, "api") || precedesKey(at, "access")))
            case UInt8(ascii: "p"): followsFolded(at, "ass") || followsFolded(at, "wd")
            case UInt8(ascii: "c"):
                followsFolded(at, "ontrase") || (followsFolded(at, "ret") && precedesFolded(at, "se"))
            case UInt8(ascii: "u"): followsFolded(at, "th") && precedesFolded(at, "a")
            default: false
            }
        }

        private func precedesKey(_ at: Int, _ word: StaticString) -> Bool {
            if precedesFolded(at, word) { return true }
            guard at > 0, isOne(bytes[at - 1], of: "-_ ") else { return false }
            return precedesFolded(at - 1, word)
        }

        private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

        private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

        private func isOne(_ byte: UInt8, of signs: StaticString) -> Bool {
            signs.withUTF8Buffer { $0.contains(byte) }
        }

        private func follows(_ at: Int, _ word: StaticString) -> Bool { stands(at + 1, word, fold: 0) }

        private func followsFolded(_ at: Int, _ word: StaticString) -> Bool {
            stands(at + 1, word, fold: 0x20)
        }

        private func precedes(_ at: Int, _ word: StaticString) -> Bool {
            stands(at - word.utf8CodeUnitCount, word, fold: 0)
        }

        private func precedesFolded(_ at: Int, _ word: StaticString) -> Bool {
            stands(at - word.utf8CodeUnitCount, word, fold: 0x20)
        }

        /// Whether the word stands at a place; with `fold` 0x20 in any case, for words of small letters.
        private func stands(_ start: Int, _ word: StaticString, fold: UInt8) -> Bool {
            guard start >= 0, start + word.utf8CodeUnitCount <= bytes.count else { return false }
            let letters = word.utf8Start
            for index in 0..<word.utf8CodeUnitCount where bytes[start + index] | fold != letters[index] | fold
            {
                return false
            }
            return true
        }
    }
}
