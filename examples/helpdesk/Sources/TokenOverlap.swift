/// Token F1 after SQuAD's normalisation: lower case, no punctuation, no articles.
///
/// Here for fitting and for the offline table; Sluice measures with its own. Rajpurkar et al., EMNLP 2016.
enum TokenOverlap {
    static func f1(_ answer: String, _ reference: String) -> Double {
        let given = normalised(answer)
        var wanted = normalised(reference)
        guard !given.isEmpty, !wanted.isEmpty else { return given.isEmpty && wanted.isEmpty ? 1 : 0 }
        let total = Double(given.count + wanted.count)
        var shared = 0.0
        for word in given {
            if let index = wanted.firstIndex(of: word) {
                wanted.remove(at: index)
                shared += 1
            }
        }
        return 2 * shared / total
    }

    static func normalised(_ text: String) -> [String] {
        var kept: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5a: kept.append(byte | 0x20)
            case 0x61...0x7a, 0x30...0x39, 0x20, 0x80...0xff: kept.append(byte)
            case 0x09, 0x0a: kept.append(0x20)
            default: break
            }
        }
        return kept.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0 != "a" && $0 != "an" && $0 != "the" }
    }
}
