import Domain
import Notation
import Text

/// Numbers, labels, times and versions.
extension ContractJudge {
    // MARK: bounds

    func bound(_ bound: ContractPolicy.Bound, _ seen: [Seen]) -> ContractReport.Check {
        let name = bound.value.text
        let rule: String
        switch (bound.atLeast, bound.atMost) {
        case (let low?, let high?): rule = "\(name) lies in [\(Numbers.short(low)), \(Numbers.short(high))]"
        case (let low?, nil): rule = "\(name) >= \(Numbers.short(low))"
        case (nil, let high?): rule = "\(name) <= \(Numbers.short(high))"
        case (nil, nil): rule = "\(name) is a number"
        }
        let silence = "no answer shows \(name)"
        return check("bounds \(name)", rule, seen, silence: silence) { one in
            guard isServed(one) else { return .silent }
            switch numbers(bound.value, one) {
            case .none(let why): return bound.isOptional ? .silent : .breaks(why)
            case .some(let found):
                for (number, place) in found {
                    guard let number else { return .breaks("\(place) is no number", pointer: place) }
                    if let low = bound.atLeast, number < low {
                        return .breaks(
                            "\(place) was \(written(number)), below \(written(low))", pointer: place)
                    }
                    if let high = bound.atMost, number > high {
                        return .breaks(
                            "\(place) was \(written(number)), above \(written(high))", pointer: place)
                    }
                }
                return found.isEmpty ? .silent : .holds
            }
        }
    }

    /// The number to its last digit: what lies a hair outside must not read as if it lay on the bound.
    private func written(_ number: Double) -> String {
        let whole = Int64(exactly: number)
        return whole.map(String.init) ?? "\(number)"
    }

    private enum Found {
        case some([(number: Double?, place: String)])
        case none(String)
    }

    private func numbers(_ place: ContractPolicy.ValuePlace, _ seen: Seen) -> Found {
        switch place {
        case .part(let name):
            guard let answer = seen.answer else { return .none("the answer shows no \(name)") }
            let number: Double? =
                switch name {
                case "confidence": answer.confidence
                case "score": answer.score
                case "cost": answer.usage?.cost
                case "input_tokens": answer.usage?.inputTokens.map(Double.init)
                case "output_tokens": answer.usage?.outputTokens.map(Double.init)
                default: answer.values.first { $0.name == name }?.value
                }
            if let number { return .some([(number, name)]) }
            let problem = answer.problems.first { $0.part == name || $0.part == "values." + name }
            if let problem, problem.kind == .unreadable { return .some([(nil, name)]) }
            return .none("the answer shows no \(name)")
        case .pointer(let pointer):
            guard let body = seen.body else { return .none(seen.bodyProblem ?? "the answer has no JSON") }
            let found = PointerSearch.values(at: pointer, in: body)
            // A list without elements has nothing out of bounds; a place that is not there is a breach.
            if found.isEmpty, PointerSearch.hasStar(pointer) { return .some([]) }
            if found.isEmpty { return .none("there is nothing at \(pointer)") }
            return .some(found.map { ($0.value.doubleValue, $0.place.description) })
        }
    }

    // MARK: labels

    func labels(_ rule: ContractPolicy.LabelBands, _ seen: [Seen]) -> ContractReport.Check {
        let bands = rule.bands.map { "\($0.label) from \(Numbers.short($0.from))" }.joined(separator: ", ")
        let name = "labels \(rule.label.text)"
        return check(
            name, "\(rule.label.text) agrees with \(rule.score.text): \(bands)", seen,
            silence: "no answer shows both \(rule.label.text) and \(rule.score.text)"
        ) { one in
            guard isServed(one) else { return .silent }
            guard let label = label(rule.label, one) else {
                return .breaks("the answer shows no \(rule.label.text)")
            }
            guard case .some(let found) = numbers(rule.score, one), found.count == 1,
                let number = found[0].number
            else { return .breaks("the answer shows no \(rule.score.text)") }
            let pointer = rule.label.text.hasPrefix("/") ? rule.label.text : nil
            let shown = "\(rule.score.text) \(written(number)) bears the label '\(short(label))'"
            guard let band = rule.band(of: number) else {
                return .breaks("\(shown), and lies below every band", pointer: pointer)
            }
            if band.label == label { return .holds }
            let known = rule.bands.contains { $0.label == label }
            return .breaks(
                shown + (known ? "" : ", which is no band's") + ", and lies in \(band.label)",
                pointer: pointer)
        }
    }

    private func label(_ place: ContractPolicy.ValuePlace, _ seen: Seen) -> String? {
        switch place {
        case .part("label"): return seen.answer?.scoreLabel
        case .part("intent"): return seen.answer?.intent
        case .part: return nil
        case .pointer(let pointer):
            guard let body = seen.body else { return nil }
            return pointer.value(in: body)?.stringValue
        }
    }

    // MARK: latency

    func latency(_ rule: ContractPolicy.LatencyRule, _ seen: [Seen]) -> ContractReport.Check {
        let times = seen.compactMap { one in
            isServed(one) ? one.latencyMilliseconds.map { (one, $0) } : nil
        }
        let sorted = times.sorted { $0.1 < $1.1 }
        let limit = Numbers.duration(milliseconds: rule.seconds * 1000)
        let name: String
        let rank: Int
        switch rule.statistic {
        case .slowest:
            name = "latency max"
            rank = sorted.count
        case .percentile(let percent):
            name = "latency p\(Numbers.short(percent))"
            // Nearest rank: a time that was measured, and none between two.
            rank = Int((percent * Double(sorted.count) / 100).rounded(.up))
        }
        let words = "\(name) <= \(limit)"
        guard rank >= 1, rank <= sorted.count else {
            return ContractReport.Check(
                name: name, rule: words, outcome: .open, detail: Self.untimed, broken: 0, looked: 0,
                first: nil)
        }
        let (one, time) = sorted[rank - 1]
        let found = Numbers.duration(milliseconds: time)
        let which =
            rank == sorted.count
            ? "the slowest of \(sorted.count)" : "number \(rank) of \(sorted.count) by time"
        let isOver = time > rule.seconds * 1000
        let over = sorted.count { $0.1 > rule.seconds * 1000 }
        return ContractReport.Check(
            name: name, rule: words, outcome: isOver ? .fails : .holds,
            detail: "\(found), \(which)", broken: isOver ? over : 0, looked: sorted.count,
            first: isOver ? breach(one, "it took \(found), limit \(limit)", nil) : nil)
    }

    private static let untimed = "no answer was timed"

    // MARK: versions

    func versions(_ rules: [ContractPolicy.VersionRule], _ seen: [Seen]) -> [ContractReport.Check] {
        var checks: [ContractReport.Check] = []
        for rule in rules {
            let words = rule.value.map { "version \(rule.name) is \($0)" } ?? "version \(rule.name) is shown"
            checks.append(
                check("version \(rule.name)", words, seen, silence: "no answer shows versions") { one in
                    guard isServed(one) else { return .silent }
                    let shown = one.answer?.versions?.first { $0.name == rule.name }?.value
                    guard let shown else { return .breaks("the answer shows no version of \(rule.name)") }
                    guard let wanted = rule.value, shown != wanted else { return .holds }
                    return .breaks("\(rule.name) was '\(short(shown))'")
                })
        }
        checks.append(agreement(seen))
        return checks
    }

    /// That one release serves, and not two at once.
    private func agreement(_ seen: [Seen]) -> ContractReport.Check {
        var first: [String: (value: String, target: String)] = [:]
        return check(
            "versions agree", "every answer shows the same versions", seen,
            silence: "no answer shows versions"
        ) { one in
            guard let versions = one.answer?.versions, !versions.isEmpty else { return .silent }
            for version in versions {
                guard let before = first[version.name] else {
                    first[version.name] = (version.value, one.look.target)
                    continue
                }
                if before.value != version.value {
                    return .breaks(
                        "\(short(version.name)) was '\(short(version.value))' here and '\(short(before.value))' "
                            + (before.target == one.look.target ? "before" : "at \(before.target)"))
                }
            }
            return .holds
        }
    }
}

/// Places in JSON where `*` stands for every element of a list, or every member of an object.
enum PointerSearch {
    static func hasStar(_ pointer: JSONPointer) -> Bool { pointer.tokens.contains("*") }

    /// The values, in order. A member that is called `*` is found as such.
    static func values(
        at pointer: JSONPointer, in root: JSONValue
    ) -> [(value: JSONValue, place: JSONPointer)] {
        var found: [(value: JSONValue, place: JSONPointer)] = [(root, .root)]
        for token in pointer.tokens {
            var next: [(value: JSONValue, place: JSONPointer)] = []
            for (value, place) in found {
                if let step = JSONPointer(tokens: [token]).value(in: value) {
                    next.append((step, place.appending(token)))
                } else if token == "*" {
                    for (index, element) in (value.arrayValue ?? []).enumerated() {
                        next.append((element, place.appending(index)))
                    }
                    for member in value.objectValue?.members ?? [] {
                        next.append((member.value, place.appending(member.key)))
                    }
                }
            }
            found = next
        }
        return found
    }
}
