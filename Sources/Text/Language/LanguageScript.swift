/// The scripts that letters belong to, as far as they tell languages apart.
enum LanguageScript: Hashable {
    /// One that a single language (of those known here) is written in.
    case language(String)
    case latin
    case cyrillic
    case arabic
    case devanagari
    case han

    /// Blocks of letters of a single language.
    static let single: [(letters: ClosedRange<UInt32>, language: String)] = [
        (0x370...0x3FF, "el"), (0x1F00...0x1FFF, "el"), (0x530...0x58F, "hy"), (0x590...0x5FF, "he"),
        (0x980...0x9FF, "bn"), (0xA00...0xA7F, "pa"), (0xA80...0xAFF, "gu"), (0xB00...0xB7F, "or"),
        (0xB80...0xBFF, "ta"), (0xC00...0xC7F, "te"), (0xC80...0xCFF, "kn"), (0xD00...0xD7F, "ml"),
        (0xD80...0xDFF, "si"), (0xE00...0xE7F, "th"), (0xE80...0xEFF, "lo"), (0xF00...0xFFF, "bo"),
        (0x1000...0x109F, "my"), (0x10A0...0x10FF, "ka"), (0x1100...0x11FF, "ko"), (0x1200...0x137F, "am"),
        (0x1780...0x17FF, "km"), (0x3130...0x318F, "ko"), (0xAC00...0xD7AF, "ko"),
    ]

    /// How many letters of each script a text has.
    struct Counts {
        private(set) var latin = 0
        private(set) var cyrillic = 0
        private(set) var arabic = 0
        private(set) var devanagari = 0
        private(set) var han = 0
        private(set) var kana = 0
        private var others: [String: Int] = [:]

        mutating func add(_ value: UInt32) {
            switch value {
            case 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF: latin += 1
            case 0..<0x370: return
            case 0x400...0x52F: cyrillic += 1
            case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: arabic += 1
            case 0x900...0x97F: devanagari += 1
            case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: kana += 1
            case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: han += 1
            default:
                for entry in LanguageScript.single where entry.letters.contains(value) {
                    others[entry.language, default: 0] += 1
                    return
                }
            }
        }

        private var all: Int {
            others.values.reduce(latin + cyrillic + arabic + devanagari + han + kana, +)
        }

        /// A sign of Han, Kana or Hangul says as much as two or three letters of an alphabet.
        private var weighed: [(script: LanguageScript, weight: Int)] {
            var list: [(script: LanguageScript, weight: Int)] = [
                (.latin, latin), (.cyrillic, cyrillic), (.arabic, arabic), (.devanagari, devanagari),
                (.han, 3 * (han + kana)),
            ]
            for language in others.keys.sorted() {
                list.append((.language(language), (language == "ko" ? 2 : 1) * (others[language] ?? 0)))
            }
            return list
        }

        /// The script of most letters; nil without a letter.
        var largest: LanguageScript? {
            var best: (script: LanguageScript, weight: Int)?
            for entry in weighed where entry.weight > best?.weight ?? 0 { best = entry }
            return best?.script
        }

        /// The share of a script among all letters.
        func share(_ script: LanguageScript) -> Double {
            let total = weighed.reduce(0) { $0 + $1.weight }
            let own = weighed.first { $0.script == script }?.weight ?? 0
            return total > 0 ? Double(own) / Double(total) : 0
        }
    }
}
