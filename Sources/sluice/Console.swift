import CTerminal
import Glibc
import Reporting
import Synchronization

/// Results on stdout, everything else on stderr.
final class Console: Sendable {
    /// Whether colour may be used on stdout.
    let hasColour: Bool
    let isInteractive: Bool
    let width: Int
    private let progressShown = Mutex(false)
    private let lost = Mutex<Int32>(0)

    /// Why results could not be written, where that is not the reader's own doing: it may stop reading.
    var problem: String? {
        let code = lost.withLock { $0 }
        return code == 0 || code == EPIPE ? nil : String(cString: strerror(code))
    }

    init() {
        let environment = Environment.self
        let onTerminal = isatty(STDOUT_FILENO) == 1
        let wantsNone = environment.value("NO_COLOR").map { !$0.isEmpty } ?? false
        hasColour = onTerminal && !wantsNone && environment.value("TERM") != "dumb"
        isInteractive = isatty(STDERR_FILENO) == 1 && environment.value("CI") == nil
        let columns = Int(cterminal_columns(STDOUT_FILENO))
        let told = environment.value("COLUMNS").flatMap { Int($0) }
        width = max(60, min(200, columns > 0 ? columns : told ?? 120))
    }

    func out(_ text: String) { write(text, STDOUT_FILENO) }

    func error(_ text: String) {
        clearProgress()
        // What stands in a message may come from anywhere: nothing that moves or hides text reaches the terminal.
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            safe.append(VisibleText.isHidden(scalar) ? "\u{FFFD}" : scalar)
        }
        write(text.hasSuffix("\n") ? String(safe) : String(safe) + "\n", STDERR_FILENO)
    }

    /// A line that the next one replaces; only on a terminal.
    func progress(_ text: String) {
        guard isInteractive else { return }
        progressShown.withLock { $0 = true }
        write("\r\u{1B}[2K" + text, STDERR_FILENO)
    }

    func clearProgress() {
        let shown = progressShown.withLock { shown in
            defer { shown = false }
            return shown
        }
        if shown { write("\r\u{1B}[2K", STDERR_FILENO) }
    }

    private func write(_ text: String, _ descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let put = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if put < 0 {
                    let code = errno
                    if code == EINTR { continue }
                    if descriptor == STDOUT_FILENO { lost.withLock { $0 = code } }
                    return
                }
                done += put
            }
        }
    }
}

enum Environment {
    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
