import Statistics

extension Bench {
    /// One update each, on a process of three stages; the looks are timed apart from the counting.
    static let sequences: [Bench] = [
        Bench(name: "update rate-ratio e-process", repeats: 4_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let shares = try [CanaryShare(0.01), CanaryShare(0.1), CanaryShare(0.5)]
            var process = try RateRatioEProcess()
            for share in shares { process.record(inCanary: false, share: share) }
            for _ in 0..<repeats { process.record(inCanary: stream.next() & 7 == 0, share: shares[1]) }
            return process.logEValue
        },
        Bench(name: "update rate-ratio e-process, then its E", repeats: 1_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let shares = try [CanaryShare(0.01), CanaryShare(0.1), CanaryShare(0.5)]
            var process = try RateRatioEProcess()
            for share in shares { process.record(inCanary: false, share: share) }
            var largest = 0.0
            for _ in 0..<repeats {
                process.record(inCanary: stream.next() & 7 == 0, share: shares[1])
                largest = max(largest, process.logEValue)
            }
            return largest
        },
        Bench(name: "update harm monitor of 4 metrics, then its alarm", repeats: 200_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let share = try CanaryShare(0.125)
            var monitor = try HarmMonitor(metrics: ["a", "b", "c", "d"].map { .init(name: $0) })
            var alarms = 0.0
            for _ in 0..<repeats {
                let bits = stream.next()
                monitor.record(metric: Int(bits & 3), inCanary: bits & 0x1C == 0, share: share)
                if monitor.isAlarmed { alarms += 1 }
            }
            return alarms
        },
        Bench(name: "update 2x2 e-value", repeats: 1_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            var process = try TwoProportionEProcess(alternative: .greater)
            for _ in 0..<repeats {
                let bits = stream.next()
                try process.add(
                    canaryEvents: Int(bits & 1), canaryTrials: 1, productionEvents: Int(bits >> 1 & 7),
                    productionTrials: 9)
            }
            return process.logEValue
        },
        Bench(name: "update sample ratio", repeats: 4_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let splits = try [SampleShares(canary: 0.01), SampleShares(canary: 0.1)]
            var process = try SampleRatioEProcess()
            process.record(arm: 0, shares: splits[0])
            for _ in 0..<repeats {
                process.record(arm: stream.next() & 7 == 0 ? 1 : 0, shares: splits[1])
            }
            return process.logEValue
        },
        Bench(name: "update sample ratio, then its E", repeats: 500_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            let split = try SampleShares(canary: 0.125)
            var process = try SampleRatioEProcess()
            var largest = 0.0
            for _ in 0..<repeats {
                process.record(arm: stream.next() & 7 == 0 ? 1 : 0, shares: split)
                largest = max(largest, process.logEValue)
            }
            return largest
        },
        Bench(name: "update fuse of 5 windows", repeats: 4_000_000) { repeats in
            var stream = RandomStream(seed: 1, stream: 0)
            var fuse = try BinomialFuse(limit: 0.05)
            var trips = 0.0
            for _ in 0..<repeats where fuse.record(failed: stream.next() & 63 == 0) { trips += 1 }
            return trips
        },
    ]
}
