import Glibc
import Simulation

/// Writes docs/operating-characteristics.md to standard output; progress goes to standard error.
///
/// `operating-characteristics [--share S] [--workers N]`: S of the published replications, 1 unless given. The same
/// share gives the same bytes, whatever the number of workers. Exits 1 where a sequence exceeds its α although its
/// assumptions hold.
@main
struct OperatingCharacteristics {
    static func main() async {
        var share = 1.0
        var workers = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var words = CommandLine.arguments.dropFirst()
        while let word = words.popFirst() {
            switch (word, words.popFirst()) {
            case ("--share", let value?):
                guard let number = Double(value), number > 0, number <= 1 else { usage() }
                share = number
            case ("--workers", let value?):
                guard let number = Int(value), number >= 1 else { usage() }
                workers = number
            default: usage()
            }
        }
        do {
            let page = try await CharacteristicPage.run(share: share, workers: workers) { line in
                say(line)
            }
            print(page.markdown, terminator: "")
            exit(page.exceeding.isEmpty ? 0 : 1)
        } catch {
            say("operating-characteristics: \(error)")
            exit(70)
        }
    }

    private static func usage() -> Never {
        say("usage: operating-characteristics [--share S] [--workers N], S in (0, 1]")
        exit(64)
    }

    private static func say(_ words: String) {
        var line = words + "\n"
        line.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}
