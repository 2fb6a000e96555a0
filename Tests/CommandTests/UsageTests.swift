import Foundation
import Testing

/// The command line itself: what is not understood is 64, with the nearest that is.
@Suite struct UsageTests {
    @Test(arguments: [
        (["evl"], "unknown command 'evl'; did you mean 'eval'?"),
        (["zzzzzz"], "unknown command 'zzzzzz'; see 'sluice --help'"),
        (["ev\u{1B}[31mal"], "unknown command 'ev\\u{1B}[31mal'"),
        ([], "usage  sluice COMMAND"),
        (["eval", "--dataste", "x"], "unknown option --dataste; did you mean '--dataset'?"),
        (["eval", "--repeat"], "--repeat needs a value: --repeat N"),
        (["eval", "--repeat", "0"], "--repeat takes a whole number from 1 to 1000, not '0'"),
        (["eval", "--repeat", "100000000"], "--repeat takes a whole number from 1 to 1000, not '100000000'"),
        (
            ["sweep", "--vary", "k=1", "--repeat", "1001"],
            "--repeat takes a whole number from 1 to 1000, not '1001'"
        ),
        (["eval", "--seed", "x"], "--seed takes a whole number, not 'x'"),
        (["eval", "--title", "a", "--title", "b"], "--title is given twice"),
        (["eval", "--json=yes"], "--json takes no value"),
        (["eval", "x"], "unexpected argument 'x'"),
        (
            ["eval", "--resume", "a", "--rescore", "b"],
            "--resume, --rescore and --reproduce exclude one another"
        ),
        (["eval", "--baseline", "http://x/", "--without-baseline"], "exclude one another"),
        (["eval", "--html", "."], "'.' is a folder; name a file in it"),
        (["metrics", "rougel"], "did you mean 'rouge_l'?"),
        (["dataset"], "say what to do: lint, stats"),
        (["dataset", "lnt"], "unknown action 'lnt'; did you mean 'lint'?"),
        (["dataset", "lint", "--strct"], "unknown option --strct; did you mean '--strict'?"),
        (["dataset", "lint", "--today", "soon"], "--today takes a day such as 2026-05-02, not 'soon'"),
        (["policy", "--preset", "x"], "there is no preset 'x'"),
    ])
    func whatIsNotUnderstoodIsSaid(arguments: [String], words: String) async throws {
        let place = try Workplace()
        try place.writeExamples(2)
        try place.writePolicy(baseline: nil, candidate: "http://127.0.0.1:9/", gates: ["error_rate <= 1%"])
        let outcome = try await place.start(arguments).outcome()
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
        #expect(outcome.out == "")
        #expect(!place.exists(".sluice"))
    }

    /// A place that takes no file is trouble of the machine, whichever command it is said to, and said before anything
    /// is asked.
    @Test(arguments: [
        ["eval", "--html", "sluice.yaml/y.html"], ["eval", "--store", "sluice.yaml/s"],
        ["contract", "--junit", "sluice.yaml/y.xml"], ["sweep", "--vary", "k=1", "--store", "sluice.yaml/s"],
        ["init", "http://127.0.0.1:9/", "-p", "sluice.yaml/p.yaml"],
    ])
    func aPlaceThatTakesNoFileIsStatusThree(arguments: [String]) async throws {
        let place = try Workplace()
        try place.writeExamples(2)
        try place.writePolicy(
            baseline: nil, candidate: "http://127.0.0.1:9/", gates: ["error_rate <= 1%"],
            more: "contract: { latency: 2s }")
        let outcome = try await place.start(arguments).outcome()
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.out == "")
        #expect(!place.exists(".sluice"))
    }
}
