import Domain
import Notation
import Policy
import Testing

/// The variants that a policy wants compared.
@Suite struct SweepTests {
    private func sweep(_ text: String) throws -> SweepPolicy {
        let head = """
            version: 1
            project: test
            app: { candidate: "http://127.0.0.1:1/" }
            dataset: golden/
            gates: [error_rate <= 1%]

            """
        let (policy, diagnostics) = PolicyReader.read(Array((head + text).utf8), path: "p.yaml")
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        return try #require(policy).sweep
    }

    @Test func withoutTheKeyNothingIsCompared() throws {
        let sweep = try sweep("")
        #expect(sweep.vary.isEmpty && sweep.variants.isEmpty && sweep.axes.isEmpty)
        #expect(sweep.combination == .crossed && sweep.reference == nil)
    }

    @Test func whatIsSaidHolds() throws {
        let sweep = try sweep(
            """
            sweep:
              vary: { top_k: [1, 3, 5], threshold: [0.7, "0.8"], rerank: true }
              combine: apart
              variants:
                small: { model: small-1, top_k: 3, extra: { nested: [1] } }
              parameters: { top_k: /options/top_k, mode: header X-Mode, threads: env THREADS, prompt: system }
              reference: small
              axes: [recall@3, latency.p95, "intent_f1[refund]"]
              metrics: [token_f1]
            """)
        #expect(sweep.vary.map(\.name) == ["top_k", "threshold", "rerank"])
        #expect(sweep.vary.map(\.values) == [[1, 3, 5], [0.7, "0.8"], [true]])
        #expect(sweep.combination == .apart && sweep.reference == "small")
        #expect(sweep.variants.map(\.name) == ["small"])
        #expect(sweep.variants[0].settings.map(\.parameter) == ["model", "top_k", "extra"])
        #expect(sweep.variants[0].settings[2].value == ["nested": [1]])
        #expect(sweep.axes.map(\.text) == ["recall@3", "latency.p95", "intent_f1[refund]"])
        #expect(sweep.metrics.map(\.text) == ["token_f1"])
        #expect(sweep.place(of: "top_k") == .body(JSONPointer(tokens: ["options", "top_k"])))
        #expect(sweep.place(of: "mode") == .header("X-Mode"))
        #expect(sweep.place(of: "threads") == .environment("THREADS"))
        #expect(sweep.place(of: "prompt") == .system)
    }

    /// A name that is a place of its own needs no other; any other name is a member of the body.
    @Test(arguments: [
        ("top_k", "/top_k"), ("/a/b~1c", "/a/b~1c"), ("header X-Mode", "header X-Mode"), ("env A", "env A"),
        ("url", "url"), ("system", "/system"), ("header", "/header"),
    ])
    func aParameterLiesWhereItsNameSays(_ name: String, _ place: String) {
        #expect(SweepPolicy().place(of: name).text == place)
    }

    @Test(arguments: [
        ("recal@3", "unknown metric"), ("kpi", "other metrics"), ("length", "neither way"),
        ("intent_f1[each]", "many metrics"), ("intent_f1.p95", "whole set"), ("latency.q95", "statistic"),
        ("recall", "cut-off"), ("latency <= 3", "no metric"), ("", "no metric"),
    ])
    func whatIsNoMetricToCompareOnSaysWhy(_ text: String, _ words: String) {
        do throws(SweepNames.Problem) {
            let found = try SweepNames.metric(text)
            Issue.record("\(text) was taken as \(found.text)")
        } catch {
            #expect(error.message.contains(words) || error.mend?.contains(words) == true, "\(error)")
        }
    }
}
