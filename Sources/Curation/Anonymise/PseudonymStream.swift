import Digest

/// Bytes that stand for a text under a key: the same for the same text, kind and key, and like noise to whoever lacks
/// the key.
struct PseudonymStream {
    private let digest: KeyedDigest
    private let seed: [UInt8]
    private var block: [UInt8] = []
    private var place = 0
    private var blocks: UInt8 = 0

    init(_ digest: KeyedDigest, kind: String, text: String) {
        self.digest = digest
        seed = Array(kind.utf8) + [0] + Array(text.utf8)
    }

    mutating func byte() -> UInt8 {
        if place == block.count {
            block = digest.digest(of: [blocks] + seed)
            blocks &+= 1
            place = 0
        }
        defer { place += 1 }
        return block[place]
    }

    /// A number below `bound`, each as likely as the others.
    mutating func below(_ bound: Int) -> Int {
        let limit = 65_536 / bound * bound
        while true {
            let value = Int(byte()) << 8 | Int(byte())
            if value < limit { return value % bound }
        }
    }

    mutating func digits(_ count: Int) -> [UInt8] {
        var digits: [UInt8] = []
        for _ in 0..<max(0, count) { digits.append(UInt8(below(10))) }
        return digits
    }

    /// Letters and digits without those that are taken for one another, and without runs that look like a number.
    mutating func word(_ count: Int) -> String {
        var bytes: [UInt8] = []
        for place in 0..<count {
            let letters = Self.letters
            let digits = Self.digits
            bytes.append(place % 2 == 0 ? letters[below(letters.count)] : digits[below(digits.count)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let letters = Array("abcdefghjkmnpqrstuvwxyz".utf8)
    private static let digits = Array("23456789abcdefghjkmnpqrstuvwxyz".utf8)
}
