import Domain
import Glibc
import Revisions
import Storage

/// Facts of this machine and moment, for the manifest.
enum MachineFacts {
    static func environment() -> Manifest.Environment {
        Manifest.Environment(
            processor: processor("model name") ?? "unknown", kernels: kernels(), system: system(),
            git: commit(), branch: branch())
    }

    /// The branch that is worked on, as the CI says, which checks out a bare commit, else as Git does.
    private static func branch() -> String? {
        let told = [
            "GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "BITBUCKET_BRANCH", "CHANGE_BRANCH",
            "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME", "BUILD_SOURCEBRANCHNAME",
        ]
        if let name = told.lazy.compactMap({ Environment.value($0) }).first(where: { !$0.isEmpty }) {
            return name
        }
        return GitRepository.here(path: Environment.value("PATH") ?? "")?.branch()
    }

    private static func processor(_ field: String) -> String? {
        guard let bytes = try? InputFile.read("/proc/cpuinfo") else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix(field)
        {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return nil
    }

    /// The processor features that choose code paths in the C library's mathematics.
    private static func kernels() -> String {
        let flags = Set((processor("flags") ?? "").split(separator: " "))
        let telling = ["avx", "avx2", "fma", "avx512f"].filter { flags.contains(Substring($0)) }
        return telling.isEmpty ? "baseline" : telling.joined(separator: " ")
    }

    private static func system() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        func text<T>(_ field: T) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
    }

    /// The commit of the current folder's repository, with `+` where tracked files were changed.
    private static func commit() -> String? {
        GitRepository.here(path: Environment.value("PATH") ?? "")?.state()
    }

    /// The folder that relative paths start from; empty where the system does not say.
    static func workingFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }

    /// Who sits here, as Git knows them, else as the system does.
    static func person() -> String? {
        let candidates = [
            output(of: "git config user.name 2>/dev/null"), Environment.value("USER"),
            Environment.value("LOGNAME"),
        ]
        return candidates.compactMap { $0 }.first { !$0.allSatisfy(\.isWhitespace) }
    }

    /// - Parameter command: Fixed words only: it goes through the shell.
    private static func output(of command: StaticString) -> String? {
        guard let pipe = popen(command.description, "r") else { return nil }
        defer { pclose(pipe) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let got = fread(&buffer, 1, buffer.count, pipe)
        let text = String(decoding: buffer[..<got], as: UTF8.self)
        return String(text.prefix { $0 != "\n" })
    }

    /// Now, as RFC 3339 in UTC, and as seconds since 1970.
    static func now() -> (text: String, seconds: Int64) {
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        return now(clock)
    }

    private static func now(_ clock: timespec) -> (text: String, seconds: Int64) {
        var seconds = clock.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return ("\(date)T\(time)Z", Int64(clock.tv_sec))
    }

    /// `r-20261120-050921-4f2a7`: sorts by time, to a quarter of a millisecond, and is unlikely to be given twice.
    static func runID() -> String {
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        let text = now(clock).text.filter { $0.isNumber }
        let part = Int(clock.tv_nsec) * 4096 / 1_000_000_000
        let tail = hex(part, digits: 3) + hex(Int(UInt8.random(in: .min ... .max)), digits: 2)
        return "r-\(text.prefix(8))-\(text.dropFirst(8))-\(tail)"
    }

    private static func hex(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
