import Foundation
import Testing

/// The command line itself: what is not understood is 64, with the nearest that is.
@Suite struct UsageTests {
    @Test(arguments: [
        (["evl"], "unknown command 'evl'; did you mean 'eval'?"),
        (["zzzzzz"], "unknown command 'zzzzzz'; see 'sluice --help'"),
        (["ev\u{1B}[31mal"], "unknown command 'ev?[31mal'"),
        ([], "usage  sluice COMMAND"),
        (["eval", "--dataste", "x"], "unknown option --dataste; did you mean '--dataset'?"),
        (["eval", "--repeat"], "--repeat needs a value: --repeat N"),
        (["eval", "--repeat", "0"], "--repeat takes a whole number from 1, not '0'"),
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
        (["eval", "--html", "sluice.yaml/y.html"], "'sluice.yaml/y.html' cannot be written"),
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
}
