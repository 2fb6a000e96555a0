import Domain
import Notation
import Reporting
import Statistics
import Testing

/// Beside every interval that a report shows stand its method, its confidence and its n.
@Suite struct IntervalFactsTests {
    @Test(arguments: Results.names) func everyIntervalOfTheJSONHasThem(_ name: String) throws {
        let result = try #require(Results.named(name))
        let value = try JSONValue.parse(Array(JSONReport.render(result).utf8))
        var found = 0
        func walk(_ value: JSONValue, within owner: JSONObject?, _ path: String) {
            switch value {
            case .object(let object):
                if object["lower"] != nil, object["upper"] != nil {
                    found += 1
                    #expect(object["confidence"]?.doubleValue != nil, "\(path)")
                    #expect(object["method"]?.stringValue?.isEmpty == false, "\(path)")
                    #expect(owner?["n"]?.intValue != nil, "\(path) has no n beside it")
                }
                for key in object.keys { walk(object[key] ?? .null, within: object, path + "/" + key) }
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    walk(element, within: nil, path + "/\(index)")
                }
            case .null, .bool, .integer, .number, .string: break
            }
        }
        walk(value, within: nil, "")
        let gates = result.gates.count { $0.difference?.interval != nil || $0.candidate?.interval != nil }
        #expect(found >= gates)
    }

    /// The methods of all intervals and tests that decide, each once.
    private func deciding(_ result: RunResult) -> Set<String> {
        var methods = Set<String>()
        // A gate over classes shows theirs instead of its own.
        for gate in result.gates where gate.members.isEmpty {
            var estimate = gate.ratio ?? gate.difference ?? gate.candidate
            // A bound is held against the value, whatever else is known.
            if case .compare = gate.rule.form { estimate = gate.candidate }
            if let interval = estimate?.interval { methods.insert(interval.method) }
        }
        return methods
    }

    @Test(arguments: ["ship", "block-retrieval"])
    func theTerminalNamesMethodConfidenceAndN(_ name: String) throws {
        let result = try #require(Results.named(name))
        let text = TerminalReport.render(result, width: 200, colour: false)
        let head = try #require(
            text.split(separator: "\n").first { $0.contains("baseline") && $0.hasSuffix("n") })
        // Long lines are folded between words.
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(head.contains("["))
        for method in deciding(result) {
            #expect(flat.contains(method), "\(method)")
        }
        #expect(text.contains("intervals  "))
        for line in text.split(separator: "\n") where line.contains("worst slice") && line.contains("[") {
            #expect(line.contains(" %, ") && line.contains(", n "), "\(line)")
        }
    }

    @Test(arguments: ["ship", "block-retrieval"])
    func theCommentAndThePageNameTheMethods(_ name: String) throws {
        let result = try #require(Results.named(name))
        let comment = MarkdownReport.render(result)
        let page = HTMLReport.render(result)
        #expect(comment.contains("<th>method</th>"))
        for method in deciding(result) {
            #expect(comment.contains(VisibleWords.escaped(method)), "\(method)")
            #expect(page.contains(VisibleWords.escaped(method)), "\(method)")
        }
        #expect(!page.contains(">interval of Δ<"), "every heading says the confidence")
        #expect(page.contains("% interval of Δ<"))
    }

    @Test func classesShowTheirAdjustedP() throws {
        let result = try #require(
            Results.names.compactMap { Results.named($0) }.first { result in
                result.gates.contains { $0.members.contains { $0.outcome == .fails && $0.adjustedP != nil } }
            })
        let page = HTMLReport.render(result)
        #expect(page.contains("p after Holm") && page.contains(">0.0042<"))
        #expect(TerminalReport.render(result, width: 160, colour: false).contains("p after Holm 0.0042"))
        let comment = MarkdownReport.render(result)
        #expect(comment.contains("p after Holm") && comment.contains(">0.0042<"))
    }
}

/// Words as the renderers write them.
enum VisibleWords {
    static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.append(character)
            }
        }
        return out
    }
}
