import Replay
import Synchronization

/// Rate and time left on a terminal; a quiet line every tenth of the way elsewhere.
final class ProgressLine: Sendable {
    private let console: Console
    private let isQuiet: Bool
    private let shown = Mutex((seconds: -1.0, tenth: 0, isMeasuring: false))

    init(console: Console, isQuiet: Bool) {
        self.console = console
        self.isQuiet = isQuiet
    }

    func show(_ progress: ReplayProgress) {
        if let words = progress.waiting {
            // Silence for minutes looks like a hang: said even where the passage of time is not to be shown.
            console.error("waiting: " + words)
            return
        }
        guard !isQuiet, progress.planned > 0 else { return }
        let tenth = progress.done * 10 / progress.planned
        let isDue = shown.withLock { shown in
            if shown.isMeasuring != progress.isMeasuring { shown = (-1, 0, progress.isMeasuring) }
            if console.isInteractive {
                guard progress.seconds - shown.seconds > 0.1 else { return false }
                shown.seconds = progress.seconds
                return true
            }
            guard tenth > shown.tenth, progress.seconds > 5 else { return false }
            shown.tenth = tenth
            return true
        }
        guard isDue else { return }
        let rate = Double(progress.done) / max(0.001, progress.seconds)
        let left = Int(Double(progress.planned - progress.done) / max(0.001, rate))
        let failed = progress.failed > 0 ? ", \(progress.failed) failed" : ""
        let what = progress.isMeasuring ? "answers measured by models" : "answers"
        let line =
            "\(progress.done) of \(progress.planned) \(what), \(Int(rate)) a second, \(left) s left\(failed)"
        if console.isInteractive { console.progress(line) } else { console.error(line) }
    }

    func end() { console.clearProgress() }
}
