import Domain
import Interchange
import Notation
import Testing

@testable import Sweeping

@Suite struct VariantTests {
    private func sweep(
        _ vary: [(String, [JSONValue])], _ change: (inout SweepPolicy) -> Void = { _ in }
    ) -> SweepPolicy {
        var sweep = SweepPolicy()
        sweep.vary = vary.map { SweepPolicy.Parameter(name: $0.0, values: $0.1) }
        change(&sweep)
        return sweep
    }

    @Test func parametersAreCrossedOrVariedApart() throws {
        let plan = sweep([("top_k", [1, 3]), ("header X-Mode", ["fast", "a long mode, with words"])])
        #expect(
            try VariantGrid(plan).variants.map(\.name) == [
                "policy", "top_k=1,X-Mode=fast", "top_k=1,X-Mode=#2", "top_k=3,X-Mode=fast",
                "top_k=3,X-Mode=#2",
            ])
        var apart = plan
        apart.combination = .apart
        #expect(
            try VariantGrid(apart).variants.map(\.name) == [
                "policy", "top_k=1", "top_k=3", "X-Mode=fast", "X-Mode=#2",
            ])
    }

    @Test func theReferenceComesFirstAndTheSameIsAskedOnce() throws {
        let plan = sweep([("top_k", [1, 3])]) {
            $0.variants = [SweepPolicy.Variant(name: "three", settings: [.init("top_k", 3)])]
            $0.reference = "top_k=3"
        }
        let grid = try VariantGrid(plan)
        #expect(
            grid.variants.map(\.name) == ["top_k=3", "top_k=1"], "who names a reference compares with that")
        #expect(grid.repeated == ["three is top_k=3"])
        #expect(try VariantGrid(plan, only: ["policy"]).variants.map(\.name) == ["top_k=3", "policy"])
    }

    @Test func whatCannotBeComparedSaysWhy() {
        func words(_ plan: SweepPolicy, only: [String] = []) -> String {
            do throws(VariantGrid.Problem) {
                _ = try VariantGrid(plan, only: only)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(words(SweepPolicy()).contains("--vary"))
        #expect(words(sweep([("k", [1])]) { $0.reference = "k=2" }).contains("there are policy, k=1"))
        #expect(words(sweep([("k", [1])]), only: ["x"]).contains("'x' is no variant"))
        let many: [JSONValue] = (0..<30).map { .integer(Int64($0)) }
        #expect(words(sweep([("a", many), ("b", many)])).contains("at most 200"))
        #expect(words(sweep([("a", many), ("b", many), ("c", many), ("d", many)])).contains("10,000"))
    }

    // MARK: What is laid over a target

    private let http = TargetPolicy(
        kind: .http(url: "http://127.0.0.1:1/", method: "POST", template: ["query": "${input.query}"]))

    private func made(
        _ settings: [(String, JSONValue)], of target: TargetPolicy, places: [(String, String)] = []
    ) throws -> TargetPolicy {
        var plan = SweepPolicy()
        plan.places = places.compactMap { name, place in
            SweepPolicy.Place(place).map { SweepPolicy.Placement(parameter: name, place: $0) }
        }
        let variant = Variant(name: "v", settings: settings.map { SweepPolicy.Setting($0.0, $0.1) })
        return try VariantTarget.make(variant, of: target, plan)
    }

    private func body(_ target: TargetPolicy) -> JSONValue? {
        guard case .http(_, _, let template) = target.kind else { return nil }
        return RequestTemplate.merged(template ?? RequestTemplate.standard, .object(target.overlay))
    }

    @Test func aParameterOfTheBodyIsLaidOverIt() throws {
        var target = http
        target.overlay["options"] = ["top_k": 5, "other": true]
        let variant = try made(
            [("top_k", 3), ("mode", "x")], of: target, places: [("top_k", "/options/top_k")])
        #expect(
            body(variant) == [
                "query": "${input.query}", "options": ["top_k": 3, "other": true], "mode": "x",
            ])
    }

    @Test func aPlaceInAListIsSetInTheTemplateItself() throws {
        var target = http
        target.kind = .http(
            url: "http://127.0.0.1:1/", method: "POST",
            template: ["steps": [["name": "a"], ["name": "b", "k": 1]]])
        let variant = try made([("/steps/1/k", 9)], of: target)
        #expect(body(variant) == ["steps": [["name": "a"], ["name": "b", "k": 9]]])
        #expect(throws: VariantTarget.Impossible.self) { try made([("/steps/2/k", 9)], of: target) }
    }

    @Test func headersAddressesAndEnvironmentsAreReplaced() throws {
        var target = http
        target.headers = [.init(name: "x-mode", value: Secretive("slow"))]
        let variant = try made([("header X-Mode", "fast"), ("url", "http://127.0.0.1:2/")], of: target)
        #expect(variant.headers.map(\.name) == ["X-Mode"])
        #expect(variant.headers[0].value.template == "fast")
        if case .http(let url, _, _) = variant.kind { #expect(url == "http://127.0.0.1:2/") }
        let command = TargetPolicy(kind: .command(arguments: ["./app"]))
        let started = try made([("env CHUNKS", 96)], of: command)
        #expect(started.headers.map(\.name) == ["CHUNKS"] && started.headers[0].value.template == "96")
    }

    @Test func aChatApisModelAndPromptAreItsOwn() throws {
        let chat = TargetPolicy(
            kind: .openAI(
                baseURL: "http://127.0.0.1:1/v1", model: "big", parameters: JSONObject(), stream: false,
                system: nil))
        let variant = try made(
            [("model", "small"), ("prompt", "Be brief."), ("temperature", 0.2)], of: chat,
            places: [("prompt", "system")])
        guard case .openAI(_, let model, _, _, let system) = variant.kind else { return }
        #expect(model == "small" && system?.template == "Be brief.")
        #expect(variant.overlay["temperature"] == 0.2)
    }

    @Test func whatCannotBeLaidOverIsImpossibleWithAReason() throws {
        let command = TargetPolicy(kind: .command(arguments: ["./app"]))
        let recorded = TargetPolicy(kind: .recorded(file: "a.jsonl"))
        var get = http
        get.kind = .http(url: "http://127.0.0.1:1/", method: "GET", template: nil)
        let cases: [(TargetPolicy, String, JSONValue, String)] = [
            (http, "env CHUNKS", 96, "not ours to start anew"), (command, "header X", "1", "env X"),
            (command, "url", "http://127.0.0.1:2/", "no address"),
            (recorded, "top_k", 1, "are what they are"),
            (get, "top_k", 1, "no body"), (http, "header X", "a\nb", "one line"),
            (http, "header X", ["a": 1], "not a JSON object"), (http, "header a=b", "1", "one line"),
        ]
        for (target, name, value, words) in cases {
            do {
                _ = try made([(name, value)], of: target)
                Issue.record("\(name) was laid over")
            } catch {
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }

    @Test func theRecordIsReadAsItWasWritten() throws {
        var record = SweepRecord(sweep: "s-1", project: "test")
        record.plan = sweep([("top_k", [1, "3", 0.5, nil])]) {
            $0.combination = .apart
            $0.variants = [SweepPolicy.Variant(name: "v", settings: [.init("a", ["b": [1]])])]
            $0.places = [SweepPolicy.Placement(parameter: "a", place: .header("X"))]
            $0.axes = [
                MetricReference(name: "latency", statistic: "p95"),
                MetricReference(name: "intent_f1", selector: .named("x")),
            ]
        }
        record.changes = [.prompt]
        record.seconds = 1.5
        record.runs = [
            SweepRecord.Run(
                variant: Variant(name: "v", settings: [.init("a", true)]), run: "s-1-v000",
                target: TargetIdentity(kind: "http", address: "x", configuration: "c"), problem: nil),
            SweepRecord.Run(
                variant: Variant(name: "w", settings: []), run: "s-1-v001", target: nil, problem: "gone"),
        ]
        let bytes = record.encoded()
        let again = try SweepRecord(bytes)
        #expect(again.encoded() == bytes)
        #expect(again.plan.axes.map(\.text) == ["latency.p95", "intent_f1[x]"])
        #expect(again.runs[1].problem == "gone" && again.runs[0].target?.configuration == "c")
        for broken in ["", "{}", #"{"format": "sluice.sweep-record/1"}"#, "[1"] {
            #expect(throws: SweepRecord.Problem.self) { try SweepRecord(Array(broken.utf8)) }
        }
    }
}
