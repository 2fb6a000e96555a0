import Domain
import Notation

/// A family's worked example, taken apart: `[name [parameter]: ]{…} → value`, or a list of rows.
public struct WorkedExample: Sendable {
    /// As a policy writes it: `recall@3`.
    public let name: String
    public let parameter: JSONValue?
    /// Lines that `sluice score` takes.
    public let rows: [JSONValue]
    /// What comes of them: a number, or a text for metrics of texts.
    public let value: String

    /// Nil where the family's example is not of the form.
    public init?(_ family: MetricFamily) {
        let halves = Self.halves(family.example)
        guard let halves else { return nil }
        value = halves.value
        var name = family.name
        var parameter: JSONValue?
        var body = Substring(halves.rows)
        if body.first != "{", body.first != "[" {
            guard let cut = Self.cut(body) else { return nil }
            body = cut.body
            let words = cut.head.split(separator: " ", maxSplits: 1)
            name = String(words[0])
            if words.count == 2 {
                guard let read = try? JSONValue.parse(String(words[1])) else { return nil }
                parameter = read
            }
        }
        guard let rows = try? JSONValue.parse(String(body)) else { return nil }
        self.name = name
        self.parameter = parameter
        self.rows = rows.arrayValue ?? [rows]
    }

    /// The metric of the example.
    public func definition(
        _ resources: MetricResources = MetricResources()
    ) throws(MetricProblem) -> MetricDefinition {
        try MetricCatalogue.define(MetricRequest(name: name, parameter: parameter), resources: resources)
    }

    private static func halves(_ text: String) -> (rows: String, value: String)? {
        let arrow: Character = "→"
        guard let place = text.lastIndex(of: arrow) else { return nil }
        let rows = text[..<place]
        let value = text[text.index(after: place)...]
        return (String(rows.dropLast()), String(value.dropFirst()))
    }

    /// The first `: ` behind which the rest is JSON.
    private static func cut(_ text: Substring) -> (head: Substring, body: Substring)? {
        var place = text.startIndex
        while let colon = text[place...].firstIndex(of: ":") {
            let next = text.index(after: colon)
            if next < text.endIndex, text[next] == " " {
                let body = text[text.index(after: next)...]
                if (try? JSONValue.parse(String(body))) != nil { return (text[..<colon], body) }
            }
            place = next
        }
        return nil
    }
}
