import Glibc

/// Finds the stretch of a passage that answers a question: a log-linear model over candidate spans.
///
/// Candidates are stretches of at most eight words of the sentences that share most with the question. The
/// weights are fitted on XQuAD questions outside the golden set (`helpdesk --fit`).
struct SpanModel: Sendable {
    struct Choice: Sendable {
        let span: Span
        /// The token F1 that the model expects, in `0...1`.
        let expectedOverlap: Double
    }

    let lexicon: Lexicon
    let passages: [ReadablePassage]
    static let sentencesRead = 4
    static let longest = 8

    init(_ passages: [Passage]) {
        var lexicon = Lexicon()
        var documentCounts: [Float] = []
        var readable: [ReadablePassage] = []
        for passage in passages {
            let tokens = passage.tokens
            let terms = tokens.map { lexicon.intern(Stemmer.stem($0.word)) }
            while documentCounts.count < lexicon.count { documentCounts.append(0) }
            for term in Set(terms) { documentCounts[Int(term)] += 1 }
            var sentences = tokens.indices.filter {
                $0 == 0 || tokens[$0].sentence != tokens[$0 - 1].sentence
            }
            sentences.append(tokens.count)
            readable.append(
                ReadablePassage(
                    terms: terms, shapes: tokens.map(Self.shape), before: tokens.map(Neighbour.of),
                    isStopword: tokens.map(\.isStopword), isCapitalised: tokens.map(\.isCapitalised),
                    gaps: tokens.map(\.gap), sentences: sentences))
        }
        let total = Float(passages.count)
        lexicon.setWeights(documentCounts.map { logf(1 + (total - $0 + 0.5) / ($0 + 0.5)) })
        self.lexicon = lexicon
        self.passages = readable
    }

    /// The candidates for a question among retrieved passages, with their features.
    ///
    /// - Parameter context: What was said before, where the question leans on it; weighs half.
    func candidates(_ question: Question, context: [Token], hits: [Hit]) -> [Span] {
        var asked: [Int32: Float] = [:]
        for (tokens, weight) in [(context, Float(0.5)), (question.tokens, Float(1))] {
            for token in tokens where !token.isStopword {
                guard let id = lexicon.id(token) else { continue }
                asked[id] = lexicon.weights[Int(id)] * weight
            }
        }
        let total = max(asked.values.reduce(0, +), 1e-6)
        let best = Float(hits.first?.score ?? 1)
        var sentences: [Sentence] = []
        for (rank, hit) in hits.enumerated() {
            let passage = passages[hit.document]
            let matches = passage.terms.map { asked[$0] ?? 0 }
            for index in 0..<(passage.sentences.count - 1) {
                var range = passage.sentences[index]..<passage.sentences[index + 1]
                if let tokens = hit.tokens {
                    range = range.clamped(to: tokens)
                    if range.isEmpty { continue }
                }
                var seen: Set<Int32> = []
                var overlap: Float = 0
                for position in range
                where matches[position] > 0 && seen.insert(passage.terms[position]).inserted {
                    overlap += matches[position]
                }
                sentences.append(
                    Sentence(
                        passage: hit.document, rank: hit.rank ?? rank,
                        relative: Float(hit.score) / max(best, 1e-6),
                        range: range,
                        overlap: overlap / total, matches: matches))
            }
        }
        let most = sentences.map(\.overlap).max() ?? 0
        for index in sentences.indices { sentences[index].best = most }
        let order = sentences.indices.sorted {
            let left = sentences[$0].overlap + 0.5 * sentences[$0].relative
            let right = sentences[$1].overlap + 0.5 * sentences[$1].relative
            return left != right ? left > right : $0 < $1
        }
        let asking = Asking(
            kind: question.kind, build: Int32(question.build.rawValue),
            focus: question.focus.flatMap(lexicon.id),
            first: question.firstContent.flatMap(lexicon.id), last: question.lastContent.flatMap(lexicon.id),
            total: total)
        var spans: [Span] = []
        for (place, index) in order.prefix(Self.sentencesRead).enumerated() {
            collect(sentences[index], place, asking, into: &spans)
        }
        return spans
    }

    /// Orders candidates by the token F1 they may expect against the true answer, the best first, at most
    /// `limit`.
    ///
    /// The expectation is over the likeliest `Self.considered` candidates: minimum Bayes risk, which prefers
    /// "decompression sickness" to "sickness" where both are likely. Quadratic in that number.
    func rank(_ spans: [Span], weights: [Float], limit: Int = 2) -> [Choice] {
        let scores = spans.map { Self.score($0, weights) }
        guard let highest = scores.max() else { return [] }
        var total: Float = 0
        let shares = scores.map { expf($0 - highest) }
        for share in shares { total += share }
        var order = Array(spans.indices)
        order.sort { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let likely = Array(order.prefix(Self.considered))
        var choices = likely.map { index in
            var expected: Float = 0
            for other in likely { expected += shares[other] / total * overlap(spans[index], spans[other]) }
            return Choice(span: spans[index], expectedOverlap: Double(expected))
        }
        choices.sort { left, right in
            if left.expectedOverlap != right.expectedOverlap {
                return left.expectedOverlap > right.expectedOverlap
            }
            return (left.span.passage, left.span.first, left.span.last)
                < (right.span.passage, right.span.first, right.span.last)
        }
        return Array(choices.prefix(limit))
    }

    private static let considered = 32

    /// Token F1 of two stretches of the same passage; 0 for stretches of two.
    private func overlap(_ left: Span, _ right: Span) -> Float {
        guard left.passage == right.passage else { return 0 }
        let shared = min(left.last, right.last) - max(left.first, right.first) + 1
        return shared <= 0
            ? 0 : 2 * Float(shared) / Float(left.last - left.first + right.last - right.first + 2)
    }

    static func score(_ span: Span, _ weights: [Float]) -> Float {
        var score: Float = 0
        for feature in span.features { score += weights[Int(feature.index)] * feature.value }
        return score
    }

    /// The question as numbers.
    private struct Asking {
        let kind: Question.Kind
        let build: Int32
        let focus: Int32?
        let first: Int32?
        let last: Int32?
        let total: Float
    }

    private struct Sentence {
        let passage: Int
        let rank: Int
        let relative: Float
        let range: Range<Int>
        let overlap: Float
        var best: Float = 0
        let matches: [Float]
    }

    private func collect(
        _ sentence: Sentence, _ place: Int, _ asking: Asking, into spans: inout [Span]
    ) {
        let passage = passages[sentence.passage]
        for first in sentence.range where !passage.isStopword[first] && passage.gaps[first] != .joined {
            var last = first
            while last < sentence.range.upperBound, last - first < Self.longest {
                if last > first, passage.gaps[last] == .strong { break }
                let isInside = last + 1 < passage.terms.count && passage.gaps[last + 1] == .joined
                if !passage.isStopword[last], !isInside {
                    spans.append(
                        Span(
                            passage: sentence.passage, first: first, last: last,
                            features: features(passage, sentence, place, first, last, asking)))
                }
                last += 1
            }
        }
    }

    private func features(
        _ passage: ReadablePassage, _ sentence: Sentence, _ place: Int, _ first: Int, _ last: Int,
        _ asking: Asking
    ) -> [Span.Feature] {
        var found: [Span.Feature] = []
        found.reserveCapacity(44)
        func add(_ index: Int32, _ value: Float) { found.append(.init(index: index, value: value)) }
        func add(_ index: Int32) { add(index, 1) }
        let range = sentence.range
        add(FeatureIndex.sentenceOverlap, sentence.overlap)
        add(FeatureIndex.documentScore, sentence.relative)
        if sentence.rank > 0 { add(FeatureIndex.secondDocument) }
        add(FeatureIndex.sentenceRank, Float(place))

        var asked: Float = 0
        for index in first...last where sentence.matches[index] > 0 { asked += 1 }
        add(FeatureIndex.asked, asked / Float(last - first + 1))
        if asked > 0 { add(FeatureIndex.holdsAsked) }
        add(FeatureIndex.relativeOverlap, sentence.overlap / max(sentence.best, 1e-6))
        var before = first - 1
        while before >= range.lowerBound, passage.isStopword[before] { before -= 1 }
        let isAskedBefore = before >= range.lowerBound && sentence.matches[before] > 0
        if isAskedBefore { add(FeatureIndex.askedBefore) }
        var after = last + 1
        while after < range.upperBound, passage.isStopword[after] { after += 1 }
        let isAskedAfter = after < range.upperBound && sentence.matches[after] > 0
        if isAskedAfter { add(FeatureIndex.askedAfter) }
        if isAskedBefore, isAskedAfter { add(FeatureIndex.nearest) }
        add(
            FeatureIndex.leftWindow,
            window(sentence, stride(from: first - 1, through: max(range.lowerBound, first - 10), by: -1))
                / asking.total)
        add(
            FeatureIndex.rightWindow,
            window(sentence, stride(from: last + 1, to: min(range.upperBound, last + 11), by: 1))
                / asking.total)
        if let focus = asking.focus {
            if passage.terms[first...last].contains(focus) { add(FeatureIndex.focusInside) }
            if passage.terms[(last + 1)..<min(range.upperBound, last + 3)].contains(focus) {
                add(FeatureIndex.focusAfter)
            }
            if passage.terms[max(range.lowerBound, first - 3)..<first].contains(focus) {
                add(FeatureIndex.focusBefore)
            }
        }

        let base = Int32(asking.kind.rawValue)
        let length = Int32(min(last - first, 7))
        let shape = Int32(shape(passage, first, last))
        add(FeatureIndex.length + base * 8 + length)
        add(FeatureIndex.shape + base * 8 + shape)
        add(FeatureIndex.anyLength + length)
        add(FeatureIndex.anyShape + shape)
        if asking.focus != nil { add(FeatureIndex.focusShape + shape) }
        let startsHere = first == range.lowerBound || passage.gaps[first] == .strong
        let previous = startsHere ? Neighbour.breakOrEdge : passage.before[first - 1]
        add(FeatureIndex.previous + base * 16 + Int32(previous))
        let endsHere =
            last + 1 >= range.upperBound || passage.gaps[last + 1] == .strong
            || passage.gaps[last + 1] == .comma
        let next = endsHere ? Neighbour.breakOrEdge : passage.before[last + 1]
        add(FeatureIndex.next + base * 16 + Int32(next))
        add(FeatureIndex.anyPrevious + Int32(previous))
        add(FeatureIndex.anyNext + Int32(next))
        if !startsHere, passage.gaps[first] == .space, !passage.isStopword[first - 1] {
            add(FeatureIndex.leftOpen)
            if passage.isCapitalised[first - 1], passage.isCapitalised[first] {
                add(FeatureIndex.leftCapital)
            }
        }
        if !endsHere, !passage.isStopword[last + 1] {
            add(FeatureIndex.rightOpen)
            if passage.isCapitalised[last + 1], passage.isCapitalised[last] { add(FeatureIndex.rightCapital) }
        }
        if last + 1 >= range.upperBound { add(FeatureIndex.lastOfSentence) }
        position(passage, sentence, first, last, asking, add)
        return found
    }

    /// Where a span stands among the words of the question.
    private func position(
        _ passage: ReadablePassage, _ sentence: Sentence, _ first: Int, _ last: Int, _ asking: Asking,
        _ add: (Int32, Float) -> Void
    ) {
        let range = sentence.range
        let left = max(range.lowerBound, first - 4)..<first
        let right = (last + 1)..<max(last + 1, min(range.upperBound, last + 5))
        let order = FeatureIndex.order + asking.build * 8
        if let word = asking.first {
            if passage.terms[left].contains(word) { add(order, 1) }
            if passage.terms[right].contains(word) { add(order + 1, 1) }
            if passage.terms[range.lowerBound..<first].contains(word) { add(order + 4, 1) }
            if passage.terms[(last + 1)..<max(last + 1, range.upperBound)].contains(word) {
                add(order + 5, 1)
            }
        }
        if let word = asking.last {
            if passage.terms[left].contains(word) { add(order + 2, 1) }
            if passage.terms[right].contains(word) { add(order + 3, 1) }
            if passage.terms[range.lowerBound..<first].contains(word) { add(order + 6, 1) }
            if passage.terms[(last + 1)..<max(last + 1, range.upperBound)].contains(word) {
                add(order + 7, 1)
            }
        }
        var nearLeft: Float = 0
        for index in left { nearLeft += sentence.matches[index] }
        var nearRight: Float = 0
        for index in right { nearRight += sentence.matches[index] }
        add(FeatureIndex.nearLeft, nearLeft / asking.total)
        add(FeatureIndex.nearRight, nearRight / asking.total)
        var distance = 0
        while distance < 5 {
            let before = first - 1 - distance
            let after = last + 1 + distance
            if before >= range.lowerBound, sentence.matches[before] > 0 { break }
            if after < range.upperBound, sentence.matches[after] > 0 { break }
            distance += 1
        }
        add(FeatureIndex.distance + Int32(distance), 1)
        if !sentence.matches[range.lowerBound..<first].contains(where: { $0 > 0 }) {
            add(FeatureIndex.nothingLeft, 1)
            add(FeatureIndex.openQuestion + asking.build * 2, 1)
        }
        if !sentence.matches[(last + 1)..<max(last + 1, range.upperBound)].contains(where: { $0 > 0 }) {
            add(FeatureIndex.nothingRight, 1)
            add(FeatureIndex.openQuestion + asking.build * 2 + 1, 1)
        }
    }

    /// Rarity of the question's words near a span, halved every four words of distance.
    private func window(_ sentence: Sentence, _ positions: some Sequence<Int>) -> Float {
        var sum: Float = 0
        var fade: Float = 1
        for position in positions {
            sum += sentence.matches[position] * fade
            fade *= 0.84
        }
        return sum
    }

    private static func shape(_ token: Token) -> UInt8 {
        if token.isYear { return 1 }
        if token.isMonth { return 2 }
        if token.isNumber { return 3 }
        return token.isCapitalised ? 4 : 5
    }

    /// A span's shape: year, date, number, number with words, name, words, or mixed.
    private func shape(_ passage: ReadablePassage, _ first: Int, _ last: Int) -> Int {
        var counts = [0, 0, 0, 0, 0, 0]
        for index in first...last where !passage.isStopword[index] { counts[Int(passage.shapes[index])] += 1 }
        let total = counts.reduce(0, +)
        if counts[2] > 0, counts[1] + counts[2] + counts[3] == total { return 1 }
        if counts[1] == total { return 0 }
        if counts[1] + counts[3] == total { return 2 }
        if counts[4] == total { return 4 }
        if counts[5] == total { return 5 }
        return counts[1] + counts[3] > 0 ? 3 : 6
    }
}
