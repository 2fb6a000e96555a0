import Glibc

/// Measures that count relevant documents, each by trec_eval's definition. Without a relevant document, or without a
/// retrieved one, a share is 0.
extension JudgedRanking {
    /// Relevant documents among the first k, over k.
    func precision(_ k: Int) -> Double { Double(relevant(in: k)) / Double(k) }

    /// Relevant documents among the first k, over all relevant ones.
    func recall(_ k: Int) -> Double { Self.share(relevant(in: k), relevantCount) }

    /// Precision at k over the best that is possible there.
    func relativePrecision(_ k: Int) -> Double { Self.share(relevant(in: k), min(k, relevantCount)) }

    func success(_ k: Int) -> Double { relevant(in: k) > 0 ? 1 : 0 }

    /// Documents among the first k that nobody judged, over k.
    func unjudgedShare(_ k: Int) -> Double { Double(grades.prefix(k).count { $0 < 0 }) / Double(k) }

    var reciprocalRank: Double {
        grades.firstIndex { $0 >= level }.map { 1 / Double($0 + 1) } ?? 0
    }

    /// Precision at each relevant document, averaged over all relevant ones; those below rank `k` count 0.
    func averagePrecision(_ k: Int = .max) -> Double {
        guard relevantCount > 0 else { return 0 }
        var seen = 0
        var sum = 0.0
        for rank in 0..<min(k, grades.count) where isRelevant(rank) {
            seen += 1
            sum += Double(seen) / Double(rank + 1)
        }
        return sum / Double(relevantCount)
    }

    /// Precision at as many ranks as there are relevant documents, times a factor.
    ///
    /// The number of ranks is rounded up from a tenth on, as trec_eval does.
    func precisionAtRelevant(times factor: Double) -> Double {
        let cut = Int(factor * Double(relevantCount) + 0.9)
        return cut > 0 ? Double(relevant(in: cut)) / Double(cut) : 0
    }

    /// Precision at as many ranks as there are relevant documents.
    var precisionAtRelevant: Double { Self.share(relevant(in: relevantCount), relevantCount) }

    /// The highest precision at or below the rank where each share of the relevant documents is reached.
    ///
    /// - Parameter shares: Ascending, in `[0, 1]`; how many documents a share is, is rounded to the nearest.
    func interpolatedPrecision(at shares: [Double]) -> [Double] {
        var values = [Double](repeating: 0, count: shares.count)
        let cuts = shares.map { Int(($0 * Double(relevantCount)).rounded(.toNearestOrAwayFromZero)) }
        var cut = cuts.count - 1
        while cut >= 0, cuts[cut] > relevantRetrieved { cut -= 1 }
        var seen = relevantRetrieved
        var best = 0.0
        for rank in grades.indices.reversed() where seen > 0 {
            best = max(best, Double(seen) / Double(rank + 1))
            guard isRelevant(rank) else { continue }
            while cut >= 0, seen == cuts[cut] {
                values[cut] = best
                cut -= 1
            }
            seen -= 1
        }
        while cut >= 0 {
            values[cut] = best
            cut -= 1
        }
        return values
    }

    /// The shares of the classical recall-precision graph.
    static let elevenPoints = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]

    /// The mean interpolated precision over shares of recall.
    func interpolatedAverage(_ shares: [Double] = elevenPoints) -> Double {
        interpolatedPrecision(at: shares).reduce(0, +) / Double(shares.count)
    }

    /// The share of right preferences between a relevant document and as many of the first judged irrelevant ones.
    ///
    /// C. Buckley, E. M. Voorhees, SIGIR 2004.
    var binaryPreference: Double {
        guard relevantCount > 0 else { return 0 }
        var irrelevant = 0
        var sum = 0.0
        for rank in grades.indices {
            if isIrrelevant(rank) {
                irrelevant += 1
            } else if isRelevant(rank) {
                sum += 1
                if irrelevant > 0 {
                    sum -= Self.share(min(irrelevant, relevantCount), min(irrelevantCount, relevantCount))
                }
            }
        }
        return sum / Double(relevantCount)
    }

    /// Average precision where a random part of the pool was judged: what is not judged is taken to be relevant as often
    /// as what is.
    ///
    /// E. Yilmaz, J. A. Aslam, CIKM 2006.
    var inferredPrecision: Double {
        guard relevantCount > 0 else { return 0 }
        let least = 0.00001
        var relevant = 0.0
        var irrelevant = 0.0
        var open = 0.0
        var sum = 0.0
        for rank in grades.indices {
            if grades[rank] == Self.unjudged {
                open += 1
            } else if isIrrelevant(rank) {
                irrelevant += 1
            } else if isRelevant(rank) {
                if rank == 0 {
                    sum += 1
                } else {
                    let before = Double(rank)
                    let pooled = (relevant + irrelevant + open) / before
                    let inferred = (relevant + least) / (relevant + irrelevant + 2 * least)
                    sum += 1 / (before + 1) + before / (before + 1) * pooled * inferred
                }
                relevant += 1
            }
        }
        return sum / Double(relevantCount)
    }

    var setPrecision: Double { Self.share(relevantRetrieved, retrievedCount) }

    var setRecall: Double { Self.share(relevantRetrieved, relevantCount) }

    var setRelativePrecision: Double { Self.share(relevantRetrieved, min(retrievedCount, relevantCount)) }

    /// Precision times recall of the whole set.
    var setAveragePrecision: Double { setPrecision * setRecall }

    /// F of the whole set; recall weighs `weight` times as much as precision.
    func setF(_ weight: Double = 1) -> Double {
        let (precision, recall) = (setPrecision, setRecall)
        let below = weight * precision + recall
        return below > 0 ? (weight + 1) * precision * recall / below : 0
    }

    /// A value for each kind of document: relevant and retrieved, irrelevant and retrieved, relevant and missed, the rest.
    ///
    /// - Parameter collection: Documents in all, for the rest; 0: none.
    func utility(_ values: [Double] = [1, -1, 0, 0], collection: Int = 0) -> Double {
        let missed = relevantCount - relevantRetrieved
        let rest = collection - relevantCount - retrievedCount + relevantRetrieved
        return values[0] * Double(relevantRetrieved) + values[1] * Double(retrievedCount - relevantRetrieved)
            + values[2] * Double(missed) + values[3] * Double(rest)
    }

    /// 0 of nothing is 0.
    static func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
}
