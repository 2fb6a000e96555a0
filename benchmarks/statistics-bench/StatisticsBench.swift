import Glibc
import Statistics

/// Times the statistics of a verdict and of a canary, one thread, processor time; prints a line a case.
///
/// `statistics-bench [--quick]`: `NAME <tab> seconds of one call`, the least of several turns.
@main
struct StatisticsBench {
    static func main() {
        let isQuick = CommandLine.arguments.contains("--quick")
        do {
            for bench in Bench.all {
                let seconds = try bench.seconds(turns: isQuick ? 1 : 5)
                print("\(bench.name)\t\(seconds)")
            }
        } catch {
            print("statistics-bench: \(error)")
            exit(1)
        }
    }
}

/// One case: what is timed, and how often within a turn.
struct Bench: Sendable {
    let name: String
    let repeats: Int
    let body: @Sendable (Int) throws -> Double

    /// The least processor time of one call over some turns; the first, untimed turn warms up.
    func seconds(turns: Int) throws -> Double {
        var least = Double.infinity
        for turn in 0...turns {
            let start = processorSeconds()
            let kept = try body(repeats)
            let taken = (processorSeconds() - start) / Double(repeats)
            // A result that is looked at cannot be left out by the optimiser.
            guard kept.isFinite else { throw EstimateError.overflow }
            if turn > 0 { least = min(least, taken) }
        }
        return least
    }

    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
