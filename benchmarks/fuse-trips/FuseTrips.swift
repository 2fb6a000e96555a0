import Rollout
import Statistics

/// How often the gateway's fuse trips on a healthy candidate, and how soon on a broken one: the gateway's own machine on
/// simulated users. `make fuse-trips` puts it into docs/gateway-evidence.md's words.
@main struct FuseTrips {
    /// How users come and fail.
    enum Crowd: String, CaseIterable {
        case single = "each request is another user's"
        case return2000 = "2,000 users, requests drawn at random"
        case bursts = "users come in bursts of 5 on average, failures independent"
        case unlucky = "the same, and 2 users of 100 fail at everything"

        /// The chance that a user's request fails, so that all together fail at `rate`.
        func chance(of user: UInt64, rate: Double) -> Double {
            guard self == .unlucky, rate < 1 else { return rate }
            return user % 100 < 2 ? 1 : (rate - 0.02) / 0.98
        }
    }

    static func main() {
        let runs = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 4000
        print("| users | candidate's requests | rollouts | trips | 95 % interval |")
        print("|---|---|---|---|---|")
        for crowd in Crowd.allCases {
            for requests in [200, 20_000] { healthy(crowd, requests: requests, runs: runs) }
        }
        print(
            "\n| errors of the candidate | tripped within 20,000 | requests until it trips: median | p95 | users failed: median |"
        )
        print("|---|---|---|---|---|")
        for rate in [0.08, 0.1, 0.2, 0.5, 1] { broken(rate, runs: runs) }
    }

    /// Users in the order of their requests.
    struct Arrivals {
        let crowd: Crowd
        var stream: RandomStream
        private var user: UInt64 = 0
        private var left = 0

        init(_ crowd: Crowd, _ stream: RandomStream) { (self.crowd, self.stream) = (crowd, stream) }

        mutating func next() -> UInt64 {
            switch crowd {
            case .single: user += 1
            case .return2000: user = stream.next() % 2000
            case .bursts, .unlucky:
                if left == 0 {
                    user = stream.next() % 100_000
                    left = 1
                    while stream.unit() < 0.8 { left += 1 }
                }
                left -= 1
            }
            return user
        }
    }

    /// 3 % errors against the limit of 5 % that a plan has where it says nothing, and 50 in a row.
    static func healthy(_ crowd: Crowd, requests: Int, runs: Int) {
        var trips = 0
        for run in 0..<runs {
            var arrivals = Arrivals(crowd, RandomStream(seed: UInt64(run), stream: UInt64(requests)))
            var fuse = FuseMachine(FuseRule(), plan: 1)
            for _ in 0..<requests {
                let user = arrivals.next()
                let failed = arrivals.stream.unit() < crowd.chance(of: user, rate: 0.03)
                if fuse.record(FuseOutcome(key: user, failed: failed)) != nil {
                    trips += 1
                    break
                }
            }
        }
        var words = "–"
        do throws(EstimateError) {
            let interval = try clopperPearsonInterval(successes: trips, trials: runs, confidence: 0.95)
            words = "\(share(interval.lower)) to \(share(interval.upper))"
        } catch {}
        print("| \(crowd.rawValue) | \(requests) | \(runs) | \(trips) | \(words) |")
    }

    /// A candidate that breaks after 300 users were answered as well as ever.
    static func broken(_ rate: Double, runs: Int) {
        var waits: [Int] = []
        var failures: [Int] = []
        for run in 0..<runs {
            var stream = RandomStream(seed: UInt64(run), stream: 7)
            var fuse = FuseMachine(FuseRule(), plan: 1)
            var user: UInt64 = 0
            while user < 300 {
                user += 1
                _ = fuse.record(FuseOutcome(key: user, failed: stream.unit() < 0.01))
            }
            guard fuse.blown == nil else { continue }
            var failed = 0
            for count in 1...20_000 {
                user += 1
                let isFailure = stream.unit() < rate
                if isFailure { failed += 1 }
                if fuse.record(FuseOutcome(key: user, failed: isFailure)) != nil {
                    waits.append(count)
                    failures.append(failed)
                    break
                }
            }
        }
        func quantile(_ values: [Int], _ part: Double) -> String {
            let place = Int((Double(values.count - 1) * part).rounded())
            return values.isEmpty ? "–" : "\(values.sorted()[place])"
        }
        print(
            "| \(share(rate)) | \(share(Double(waits.count) / Double(runs))) | \(quantile(waits, 0.5)) "
                + "| \(quantile(waits, 0.95)) | \(quantile(failures, 0.5)) |")
    }

    static func share(_ part: Double) -> String {
        let thousandths = Int((part * 100_000).rounded())
        let rest = thousandths % 1000
        if rest == 0 { return "\(thousandths / 1000) %" }
        return "\(thousandths / 1000).\(String(1000 + rest).dropFirst()) %"
    }
}
