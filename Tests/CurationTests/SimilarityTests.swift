import Curation
import Notation
import Testing

/// Near-duplicates found by sketches and bands, held against all pairs measured one by one.
@Suite struct SimilarityTests {
    /// Texts of which many are nearly others: a word put in, taken out or changed, at any similarity.
    private static func corpus(seed: UInt64, count: Int, of words: [String]) -> [Shingles] {
        var numbers = SeededNumbers(seed: seed)
        var texts: [[String]] = []
        for _ in 0..<count {
            if let model = texts.randomElement(using: &numbers), Bool.random(using: &numbers) {
                var copy = model
                for _ in 0..<Int.random(in: 1...6, using: &numbers) {
                    let place = Int.random(in: 0..<copy.count, using: &numbers)
                    switch Int.random(in: 0...2, using: &numbers) {
                    case 0: copy.insert(words.randomElement(using: &numbers) ?? "", at: place)
                    case 1: if copy.count > 4 { copy.remove(at: place) }
                    default: copy[place] = words.randomElement(using: &numbers) ?? ""
                    }
                }
                texts.append(copy)
            } else {
                let length = Int.random(in: 5...60, using: &numbers)
                texts.append((0..<length).map { _ in words.randomElement(using: &numbers) ?? "" })
            }
        }
        return texts.map { Shingles($0.joined(separator: " ")) }
    }

    private static func vocabulary(seed: UInt64) -> [String] {
        var numbers = SeededNumbers(seed: seed)
        return (0..<1500).map { _ in
            String(
                (0..<Int.random(in: 3...8, using: &numbers)).map { _ in
                    "abcdefghijklmnopqrstuvwxyz".randomElement(using: &numbers) ?? "a"
                })
        }
    }

    /// What is stated: at least 99 % of pairs at .8 and above are candidates; measured over clusters, where a pair
    /// counts as found when both are of one cluster.
    @Test(arguments: [1, 2, 3] as [UInt64]) func recallIsAsStated(seed: UInt64) throws {
        let texts = Self.corpus(seed: seed, count: 600, of: Self.vocabulary(seed: 9))
        let (found, all, wrong) = try Self.measure(texts, threshold: 0.8)
        #expect(all > 50)
        #expect(Double(found) >= 0.99 * Double(all), "\(found) of \(all)")
        #expect(wrong == 0)
    }

    @Test func recallIsAsStatedInScriptsWithoutSpaces() throws {
        var numbers = SeededNumbers(seed: 4)
        let letters = (0..<600).map { _ in
            String(UnicodeScalar(0x4E00 + UInt32.random(in: 0..<6000, using: &numbers)) ?? "中")
        }
        let texts = Self.corpus(seed: 11, count: 600, of: letters)
        let (found, all, wrong) = try Self.measure(texts, threshold: 0.8)
        #expect(all > 50)
        #expect(Double(found) >= 0.99 * Double(all), "\(found) of \(all)")
        #expect(wrong == 0)
    }

    /// - Returns: pairs at the threshold found, all of them, and links below it.
    private static func measure(_ texts: [Shingles], threshold: Double) throws -> (Int, Int, Int) {
        var index = SimilarityIndex()
        for (number, text) in texts.enumerated() {
            // Each text its own hash, but for those that are the same.
            let twin = texts[..<number].firstIndex(of: text) ?? number
            index.add(hash: UInt64(twin), shingles: text)
        }
        let clusters = try index.clusters(threshold: threshold) { texts[$0].jaccard(texts[$1]) }
        var found = 0
        var all = 0
        for left in texts.indices {
            for right in (left + 1)..<texts.count
            where clusters.same[left] == left && clusters.same[right] == right {
                guard texts[left].jaccard(texts[right]) >= threshold else { continue }
                all += 1
                if clusters.first[left] == clusters.first[right] { found += 1 }
            }
        }
        let wrong = clusters.links.count { texts[$0.left].jaccard(texts[$0.right]) < threshold }
        return (found, all, wrong)
    }

    @Test func jaccardIsThatOfTheSets() {
        // Words and pairs: {a, b, c, ab, bc} and {a, b, d, ab, bd}: 3 of 7.
        #expect(Shingles("a b c").jaccard(Shingles("A, b d!")) == 3.0 / 7)
        #expect(Shingles("a b").jaccard(Shingles("b a")) == 2.0 / 4)
        #expect(Shingles("").jaccard(Shingles("")) == 0)
        // Letters of Han are words: {我, 们, 好, 我们, 们好} and {我, 们, 我们}.
        #expect(Shingles("我们好").jaccard(Shingles("我们")) == 3.0 / 5)
    }
}
