/// Whether a text is JSON by its grammar alone, however deep, long or large what stands in it: nothing is made of it.
///
/// RFC 8259, sections 2 to 7. A number beyond any range and half of a surrogate pair are of the grammar. Linear time; a
/// bit of memory a level of nesting, and no recursion.
public enum JSONGrammar {
    public static func accepts(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var checker = Checker(bytes)
            return checker.document()
        }
    }

    private struct Checker {
        private let bytes: UnsafeBufferPointer<UInt8>
        private var position = 0
        /// Whether each open bracket is an object's.
        private var open: [Bool] = []

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func document() -> Bool {
            skipSpace()
            while true {
                // A value begins here.
                switch peek() {
                case 0x7B:
                    position += 1
                    skipSpace()
                    if peek() == 0x7D {
                        position += 1
                    } else {
                        open.append(true)
                        guard key() else { return false }
                        continue
                    }
                case 0x5B:
                    position += 1
                    skipSpace()
                    if peek() == 0x5D {
                        position += 1
                    } else {
                        open.append(false)
                        continue
                    }
                default:
                    guard scalar() else { return false }
                }
                // It has ended, and maybe what it stands in.
                guard let isDone = afterValue() else { return false }
                if isDone { return position == bytes.count }
            }
        }

        /// True at the end of the outermost value, false before a further value, nil where neither may stand.
        private mutating func afterValue() -> Bool? {
            while true {
                skipSpace()
                guard let isObject = open.last else { return true }
                switch peek() {
                case 0x2C:
                    position += 1
                    skipSpace()
                    if isObject, !key() { return nil }
                    return false
                case isObject ? 0x7D : 0x5D:
                    position += 1
                    open.removeLast()
                default: return nil
                }
            }
        }

        private mutating func key() -> Bool {
            guard string() else { return false }
            skipSpace()
            guard peek() == 0x3A else { return false }
            position += 1
            skipSpace()
            return true
        }

        private mutating func scalar() -> Bool {
            switch peek() {
            case 0x22: string()
            case 0x2D, 0x30...0x39: number()
            case 0x74: word("true")
            case 0x66: word("false")
            case 0x6E: word("null")
            default: false
            }
        }

        private mutating func string() -> Bool {
            guard peek() == 0x22 else { return false }
            position += 1
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case 0x22: return true
                case 0..<0x20: return false
                case 0x5C:
                    let escape = peek()
                    position += 1
                    switch escape {
                    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: break
                    case 0x75:
                        for _ in 0..<4 {
                            guard isHexadecimal(peek()) else { return false }
                            position += 1
                        }
                    default: return false
                    }
                default: break
                }
            }
            return false
        }

        private mutating func number() -> Bool {
            if peek() == 0x2D { position += 1 }
            if peek() == 0x30 { position += 1 } else if !digits() { return false }
            if peek() == 0x2E {
                position += 1
                guard digits() else { return false }
            }
            if peek() | 0x20 == 0x65 {
                position += 1
                if peek() == 0x2B || peek() == 0x2D { position += 1 }
                guard digits() else { return false }
            }
            return true
        }

        private mutating func digits() -> Bool {
            let first = position
            while case 0x30...0x39 = peek() { position += 1 }
            return position > first
        }

        private mutating func word(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard bytes.count - position >= count else { return false }
            for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
            position += count
            return true
        }

        /// The byte here; 0, which the grammar has nowhere, at the end.
        private func peek() -> UInt8 { position < bytes.count ? bytes[position] : 0 }

        private func isHexadecimal(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
            default: false
            }
        }

        private mutating func skipSpace() {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x0A, 0x0D, 0x09: position += 1
                default: return
                }
            }
        }
    }
}
