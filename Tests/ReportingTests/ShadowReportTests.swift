import Domain
import Notation
import Reporting
import Shadowing
import Testing

@Suite struct ShadowReportTests {
    private static let evil =
        "<script>alert(1)</script> \u{1B}[2J & \" ' ]]> \u{202E}gpj.exe \u{0} ](http://x) `code` | pipe @all "

    private func side(_ number: Int, _ text: String, isCandidate: Bool) -> ShadowPair.Side {
        var answer = Answer(latencyMilliseconds: Double(20 + number % 7 + (isCandidate ? 5 : 0)))
        answer.text = text
        answer.intent = isCandidate && number % 3 == 0 ? "<b>other</b>" : "order"
        answer.guardrail = GuardrailDecision(outcome: .allow, reason: Self.evil)
        answer.documents = [RetrievedDocument(id: Self.evil + "\(number)")]
        answer.status = 200
        var body = JSONObject()
        body["answer"] = .string(text)
        body["<img src=x>" + (isCandidate ? "" : "old")] = .string(Self.evil)
        return ShadowPair.Side(outcome: .answered(answer), status: 200, body: .object(body))
    }

    private func report(pairs: Int = 60, textSize: Int = 1, hasControl: Bool = true) -> ShadowReport {
        var comparison = ShadowComparison()
        for number in 0..<pairs {
            let long = String(repeating: Self.evil, count: textSize)
            comparison.add(
                ShadowPair(
                    id: "r-\(number)" + Self.evil, key: "k\(number / 2)", query: long,
                    route: "POST /a", slices: [ShadowPair.Label("locale", Self.evil)],
                    production: side(number, "plain", isCandidate: false),
                    candidate: number % 10 == 9
                        ? ShadowPair.Side(
                            outcome: .failed(Failure(cause: .timeout, detail: Self.evil)),
                            failure: LiveFailure(.totalTimeout, Self.evil))
                        : side(number, long, isCandidate: true),
                    control: hasControl ? side(number, "plain", isCandidate: false) : nil))
        }
        var facts = ShadowReport.Facts()
        facts.project = Self.evil
        facts.title = Self.evil
        facts.sources = [Self.evil]
        facts.notes = [Self.evil]
        return ShadowReport(facts: facts, result: comparison.result(), run: nil)
    }

    @Test(arguments: [true, false]) func aPageIsWellFormedSmallAndHarmless(hasControl: Bool) throws {
        let page = ShadowPage.render(report(pairs: 120, textSize: 200, hasControl: hasControl))
        #expect(page.utf8.count < 200_000)
        #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>other"))
        #expect(!page.unicodeScalars.contains { [0, 0x1B, 0x202E].contains($0.value) })
        let read = Page(page)
        #expect(read.problem == nil)
        for element in read.elements {
            #expect(!["script", "img", "iframe", "object", "form"].contains(element.name))
            for (key, value) in element.attributes {
                #expect(!key.hasPrefix("on") && !["src", "style", "action"].contains(key), "\(key)")
                if key == "href" { #expect(value.hasPrefix("#") || value == "data:,") }
            }
        }
        #expect(ShadowPage.render(report(pairs: 120, textSize: 200, hasControl: hasControl)) == page)
    }

    @Test func aTerminalIsNotMoved() {
        let text = ShadowTerminal.render(report(), width: 100, colour: false, page: "x\u{1B}[2J")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
        #expect(text.hasPrefix("NO VERDICT"))
        let colours = ShadowTerminal.render(report(), width: 100, colour: true, page: nil)
        #expect(!colours.contains("\u{1B}[2J"))
    }

    @Test func markdownReadsNothingOfWhatWasSaid() {
        // Nothing within a code span is read.
        let text = ShadowMarkdown.render(report()).split(separator: "`", omittingEmptySubsequences: false)
            .enumerated().filter { $0.offset.isMultiple(of: 2) || $0.element.contains("\n") }.map(\.element)
            .joined()
        #expect(
            !text.contains("<script") && !text.contains("<img")
                && !text.replacing("\\]", with: "").contains("](http"))
        #expect(!text.contains("@all"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test(arguments: [true, false]) func noNumberStandsWithoutItsMethodAndCount(hasControl: Bool) throws {
        let text = ShadowJSON.render(report(hasControl: hasControl))
        let report = try JSONValue.parse(Array(text.utf8), limits: JSONLimits(bytes: text.utf8.count))
        var estimates = 0
        var tests = 0
        func walk(_ value: JSONValue, _ path: String) {
            switch value {
            case .object(let object):
                if object["value"]?.doubleValue != nil, object["interval"] != nil {
                    estimates += 1
                    #expect(object["method"]?.stringValue?.isEmpty == false, "\(path)")
                    #expect(object["n"]?.intValue != nil, "\(path)")
                    // An interval, with its own method, or why there is none.
                    let hasInterval = object["interval"]?["method"]?.stringValue != nil
                    #expect(hasInterval || object["no_interval"]?.stringValue != nil, "\(path)")
                }
                if object["p"]?.doubleValue != nil, object["statistic"] != nil {
                    tests += 1
                    #expect(object["method"]?.stringValue?.isEmpty == false, "\(path)")
                }
                for member in object.members { walk(member.value, path + "/" + member.key) }
            case .array(let elements): for element in elements { walk(element, path + "/*") }
            default: break
            }
        }
        walk(report, "")
        #expect(estimates > 60)
        #expect(tests > 15)
        #expect(report["verdict"]?.isNull == true)
        #expect(report["join"]?["joined"]?.intValue == 60)
    }
}
