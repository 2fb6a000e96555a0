import Statistics

/// What may be claimed: every test of the report belongs to one of three families, each of which has a third of the
/// error, and is corrected by Holm within. So of arms that are alike, anything at all is claimed in at most α of
/// reports, in whatever way the tests hang together.
extension ShadowResult {
    /// The error is shared evenly by: what answers are (rates, numbers, words, likeness), fields, slices.
    static let families = 3

    mutating func claim(fieldQuestions: Int) {
        claimOutcomes()
        claimFields(fieldQuestions)
        claimSlices()
        find()
    }

    private func adjusted(_ pValues: [Double], family: Int? = nil) -> [Double] {
        let count = max(family ?? 0, pValues.count)
        guard let holm = try? holmAdjusted(pValues, familySize: count) else { return pValues.map { _ in 1 } }
        return holm.map { min(1, Double(Self.families) * $0) }
    }

    private mutating func claimOutcomes() {
        guard isEnough else { return }
        var values: [Double] = []
        for rate in rates { if let test = rate.question { values.append(test.pValue) } }
        for number in numbers {
            if let test = number.meanTest { values.append(test.pValue) }
            if let test = number.curveTest { values.append(test.pValue) }
        }
        for overlap in overlaps { if let test = overlap.test { values.append(test.pValue) } }
        for category in categories {
            if let test = category.test { values.append(test.pValue) }
            for rate in category.rates { if let test = rate.question { values.append(test.pValue) } }
        }
        var corrected = adjusted(values).makeIterator()
        for index in rates.indices where rates[index].question != nil {
            rates[index].adjusted = corrected.next()
        }
        for index in numbers.indices {
            if numbers[index].meanTest != nil { numbers[index].adjustedMean = corrected.next() }
            if numbers[index].curveTest != nil { numbers[index].adjustedCurve = corrected.next() }
        }
        for index in overlaps.indices where overlaps[index].test != nil {
            overlaps[index].adjusted = corrected.next()
        }
        for index in categories.indices {
            if categories[index].test != nil { categories[index].adjusted = corrected.next() }
            for place in categories[index].rates.indices where categories[index].rates[place].question != nil
            {
                categories[index].rates[place].adjusted = corrected.next()
            }
        }
    }

    private mutating func claimFields(_ questions: Int) {
        let tested = fields.indices.filter { fields[$0].test != nil }
        let corrected = adjusted(tested.map { fields[$0].test?.pValue ?? 1 }, family: questions)
        for (index, pValue) in zip(tested, corrected) {
            fields[index].adjusted = pValue
            fields[index].standing = pValue <= options.alpha ? .proven : .noise
        }
        // What is proven first, then what was seen most.
        let order: [FieldFinding.Standing] = [.proven, .unattributed, .few, .noise]
        fields.sort { first, second in
            let (one, other) = (
                order.firstIndex(of: first.standing) ?? 0, order.firstIndex(of: second.standing) ?? 0
            )
            if one != other { return one < other }
            if first.share.value != second.share.value { return first.share.value > second.share.value }
            return (first.path, first.kind) < (second.path, second.kind)
        }
    }

    private mutating func claimSlices() {
        var values: [Double] = []
        for slice in slices where slice.isSupported {
            for rate in slice.rates { if let test = rate.question { values.append(test.pValue) } }
            if let test = slice.latencyTest { values.append(test.pValue) }
        }
        var corrected = adjusted(values).makeIterator()
        for index in slices.indices where slices[index].isSupported {
            for place in slices[index].rates.indices where slices[index].rates[place].question != nil {
                slices[index].rates[place].adjusted = corrected.next()
            }
            if slices[index].latencyTest != nil { slices[index].adjustedLatency = corrected.next() }
        }
    }

    // MARK: Findings

    private mutating func find() {
        var found: [Finding] = []
        if join.seen > 0, join.joined == 0 {
            found.append(Finding(gravity: .bad, subject: .nothingMirrored, pValue: nil))
        } else if !isEnough {
            found.append(Finding(gravity: .doubtful, subject: .fewKeys, pValue: nil))
        }
        if loses { found.append(Finding(gravity: .bad, subject: .loss, pValue: nil)) }
        if join.joined > 0, join.joinedThree == 0 {
            found.append(Finding(gravity: .note, subject: .noThirdArm, pValue: nil))
        }
        if join.missingNumbers > 0 {
            found.append(Finding(gravity: .doubtful, subject: .missingNumbers, pValue: nil))
        }
        if join.namelessDocuments > 0 {
            found.append(Finding(gravity: .doubtful, subject: .namelessDocuments, pValue: nil))
        }
        if numbers.contains(where: \.isIncomparable) {
            found.append(Finding(gravity: .note, subject: .unequalLoad, pValue: nil))
        }
        func add(_ subject: Finding.Subject, _ pValue: Double?, _ gravity: Finding.Gravity) {
            guard let pValue, pValue <= options.alpha else { return }
            found.append(Finding(gravity: gravity, subject: subject, pValue: pValue))
        }
        let harms = ["errors", "empty text", "nothing retrieved"]
        for (index, rate) in rates.enumerated() {
            let isWorse = harms.contains(rate.name) && rate.difference.value > 0
            let isGuardrail = rate.name == "guardrail blocks"
            add(.rate(index), rate.adjusted, isWorse ? .bad : isGuardrail ? .doubtful : .note)
        }
        let costs = ["latency", "time to first token", "cost"]
        for (index, number) in numbers.enumerated() {
            let isWorse = costs.contains(number.name) && number.difference.value > 0
            add(.mean(index), number.adjustedMean, isWorse ? .bad : .note)
            if (number.adjustedMean ?? 1) > options.alpha { add(.curve(index), number.adjustedCurve, .note) }
        }
        for (index, overlap) in overlaps.enumerated() { add(.overlap(index), overlap.adjusted, .doubtful) }
        let told = ["failure", "form"]
        for (index, category) in categories.enumerated() {
            add(.words(index), category.adjusted, .doubtful)
            for (place, rate) in category.rates.enumerated() where !told.contains(category.name) || place < 4
            {
                add(.wordRate(index, place), rate.adjusted, .doubtful)
            }
        }
        for (index, field) in fields.enumerated() where field.standing == .proven {
            let breaks = field.kind == .type || field.kind == .missing
            add(.field(index), field.adjusted, breaks ? .bad : .doubtful)
        }
        for (index, slice) in slices.enumerated() {
            for (place, rate) in slice.rates.enumerated() {
                let isWorse = rate.name == "errors" && rate.difference.value > 0
                add(.sliceRate(index, place), rate.adjusted, isWorse ? .bad : .doubtful)
            }
            add(.sliceLatency(index), slice.adjustedLatency, .note)
        }
        let order = found.indices.sorted { (found[$0].gravity, $0) < (found[$1].gravity, $1) }
        findings = order.map { found[$0] }
    }
}
