import Foundation
import Notation
import Testing

/// `sluice simulate` from its words to its tables.
@Suite struct SimulateTests {
    @Test(arguments: [
        (["--rate", "fast"], "--rate takes requests in a time, such as 20/s"),
        (["--rate", "0/s"], "--rate takes requests in a time"),
        (["--stages", "10%,1%"], "--stages takes shares that grow"),
        (["--stages", "1%,100%"], "--stages takes a share between 0 and 100 %"),
        (["--stages", "1%,"], "--stages takes a share between 0 and 100 %"),
        (["--hold", "soon"], "--hold takes a time of at most 30 days"),
        (["--hold", "1s"], "--hold takes a time from 10s"),
        (["--base", "errors"], "--base takes a metric and its rate, such as errors=0.1%"),
        (["--base", "errors=nan"], "--base errors takes a share"),
        (["--base", "errors=1%", "--base", "errors=2%"], "--base names a metric twice"),
        (["--base", "errors=1%", "--harm", "erors=2%"], "did you mean 'errors'?"),
        (["--base", "errors=1%", "--harm", "errors=x"], "--harm errors takes a rate such as 1%, or a ratio"),
        (["--base", "errors=20%", "--harm", "errors=x10"], "more than 95 % of requests"),
        (["--harm-stage", "4"], "--harm-stage 4: there are 3 stages"),
        (["--users", "1"], "--users takes a number from 2"), (["--alpha", "2"], "--alpha takes a share"),
        (["--limit", "slow=5%"], "--limit names 'slow'"),
        (["--peer-stages", "ours"], "--peer-stages takes 'yours' or 'theirs'"),
        (["--replications", "5"], "--replications takes a whole number from 20"),
        (["--html", "."], "'.' is a folder"),
    ])
    func whatIsNotUnderstoodIsSaid(arguments: [String], words: String) async throws {
        let place = try Workplace()
        let outcome = try await place.start(["simulate"] + arguments).outcome()
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.err.contains(words), "\(outcome)")
        #expect(outcome.out == "")
    }

    @Test func theSameSeedGivesTheSameTables() async throws {
        let place = try Workplace()
        let words = [
            "simulate", "--replications", "40", "--hold", "10m", "--rate", "600/min", "--base", "errors=1%",
            "--base", "slow=5%", "--harm", "errors=x8", "--burst", "2", "--seed", "3",
        ]
        let first = try await place.start(words + ["--html", "a.html"]).outcome()
        let second = try await place.start(words + ["--html", "a.html"]).outcome()
        #expect(first.status == 0, "\(first)")
        #expect(first.out == second.out)
        for name in ["Sluice", "peeked z-test", "Flagger", "Argo Rollouts"] {
            #expect(first.out.contains("\n    \(name) "), "\(first)")
        }
        #expect(first.out.contains("errors 1 %, with the candidate × 8, in bursts of 2"), "\(first)")
        let json = try JSONValue.parse(try await place.start(words + ["--json"]).outcome().out)
        #expect(json["replications"]?.doubleValue == 40)
        #expect(json["traffic"]?["requests_per_second"]?.doubleValue == 10)
        let detectors = try #require(json["detectors"]?.arrayValue)
        #expect(detectors.count == 4)
        // Eight times the errors on 10 requests a second: Sluice finds it.
        #expect(detectors[0]["harmed"]?["rolled_back"]?["share"]?.doubleValue ?? 0 > 0.8)
    }
}
