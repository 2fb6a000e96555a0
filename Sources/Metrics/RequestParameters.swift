import Domain
import Notation
import Text

extension MetricRequest {
    /// The `k` of `@k`; `MetricCatalogue.define` has seen to it that there is one.
    func cutoff() throws(MetricProblem) -> Int {
        guard let k = try MetricName(name).cutoff else {
            throw MetricProblem("'\(name)' needs a cut-off", suggestion: "\(name)@5")
        }
        return k
    }

    /// One text or a list of texts, or nil without a parameter.
    func labels() throws(MetricProblem) -> [String]? {
        guard let parameter else { return nil }
        if let text = parameter.stringValue { return [text] }
        guard let items = parameter.arrayValue, !items.isEmpty else {
            throw MetricProblem("'\(name)' wants a text or a list of texts")
        }
        var texts: [String] = []
        for item in items {
            guard let text = item.stringValue else {
                throw MetricProblem("'\(name)' wants a text or a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    /// The parameter as a mapping whose keys are all known, or an empty one without a parameter.
    func options(_ known: [String]) throws(MetricProblem) -> JSONObject {
        guard let parameter else { return JSONObject() }
        guard let options = parameter.objectValue else {
            throw MetricProblem("'\(name)' wants a mapping with \(known.joined(separator: ", "))")
        }
        for key in options.keys where !known.contains(key) {
            throw MetricProblem(
                "'\(name)' has no option '\(key)'", suggestion: nearest(key, in: known))
        }
        return options
    }
}

extension JSONObject {
    /// A yes or no, or the default where it is absent.
    func flag(_ key: String, of metric: String, default value: Bool) throws(MetricProblem) -> Bool {
        guard let given = self[key] else { return value }
        guard let flag = given.boolValue else {
            throw MetricProblem("'\(key)' of '\(metric)' is true or false")
        }
        return flag
    }

    /// One of some words, or the default where it is absent.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of metric: String, default value: Choice
    ) throws(MetricProblem) -> Choice where Choice.RawValue == String {
        guard let given = self[key] else { return value }
        let words = Choice.allCases.map(\.rawValue)
        guard let word = given.stringValue, let choice = Choice(rawValue: word) else {
            let meant = given.stringValue.flatMap { nearest($0, in: words) }
            throw MetricProblem(
                "'\(key)' of '\(metric)' is one of \(words.joined(separator: ", "))", suggestion: meant)
        }
        return choice
    }

    /// A number, or the default where it is absent.
    func number(_ key: String, of metric: String, default value: Double) throws(MetricProblem) -> Double {
        guard let given = self[key] else { return value }
        guard let number = given.doubleValue, number.isFinite else {
            throw MetricProblem("'\(key)' of '\(metric)' is a number")
        }
        return number
    }
}
