/// What may stand in a file of sources, whatever it imports.
enum CodeRules {
    /// More lines want to be two files.
    static let longestFile = 600

    static func findings(_ file: SourceText, room: String, kind: FloorTable.Kind) -> [Finding] {
        var findings: [Finding] = []
        for (index, code) in file.code.enumerated() {
            var messages = isUnfinished(file.comments[index]) ? ["a mark of unfinished work"] : []
            if !code.isEmpty { messages += refused(CodeTokens(code), file.comment(at: index), room, kind) }
            for message in messages {
                findings.append(Finding(file: file.file, line: index + 1, message: message))
            }
        }
        // What follows the last line feed is no line.
        let lines = file.code.last == "" && file.comments.last == "" ? file.code.count - 1 : file.code.count
        if lines > longestFile {
            let message = "\(lines) lines: more than \(longestFile) want to be two files"
            findings.append(Finding(file: file.file, line: longestFile + 1, message: message))
        }
        return findings
    }

    private static func refused(
        _ code: CodeTokens, _ comment: String, _ room: String, _ kind: FloorTable.Kind
    ) -> [String] {
        var messages: [String] = []
        if code.has("fatalError") { messages.append("`fatalError`: what a user can cause is an error") }
        if !code.places("try", "!").isEmpty { messages.append("`try!`: handle the error or let it out") }
        if !code.places("as", "!").isEmpty { messages.append("`as!`: use a cast that can say no") }
        if unwrapsByForce(code), comment.isEmpty {
            messages.append("a forced unwrap needs a comment beside it that says why it cannot fail")
        }
        if !code.places("@", "unchecked").isEmpty, !givesReason(comment) {
            messages.append(
                "say in a comment beside it why this is safe: which lock, thread or order of events")
        }
        if isUnsafe(code), comment.isEmpty { messages.append("say in a comment beside it why this is safe") }
        if room == "HTTPServer" || room == "Gateway", leavesLoop(code) {
            messages.append("a task that is no child leaves the event loop: use its `spawn` or a task group")
        }
        if kind == .pure, let name = impurity(code) {
            messages.append(
                "`\(name)` in pure room '\(room)': time, randomness and I/O come in as parameters")
        }
        return messages
    }

    private static func isUnsafe(_ code: CodeTokens) -> Bool {
        if code.has("unsafeBitCast") || code.has("unsafeDowncast") { return true }
        return code.has("unsafe") && code.places("unsafe", ":").isEmpty
    }

    private static func givesReason(_ comment: String) -> Bool {
        let words = CodeTokens(comment.lowercased())
        return ["unchecked", "lock", "thread", "threads", "task", "tasks", "once", "never", "immutable"]
            .contains { words.has($0) }
    }

    private static func isUnfinished(_ comment: String) -> Bool {
        guard !comment.isEmpty else { return false }
        let words = CodeTokens(comment)
        return ["TODO", "FIXME", "XXX", "HACK"].contains { words.has($0) }
    }

    /// Whether a value is unwrapped by force, other than by the two forms that explain themselves: `baseAddress!` of a
    /// buffer that is not empty, and `fromOpaque(context!)` of a C callback.
    private static func unwrapsByForce(_ code: CodeTokens) -> Bool {
        code.places("!").contains { place in
            guard place > 0, code.all[place].touches else { return false }
            let before = code.all[place - 1]
            guard before.isWord || [")", "]", "}"].contains(before.text) else { return false }
            if code[place + 1] == "=", code.all[place + 1].touches { return false }
            // A cast or a try by force has its own message.
            if ["baseAddress", "try", "as"].contains(before.text) { return false }
            return !(code[place - 3] == "fromOpaque" && code[place - 2] == "(")
        }
    }

    /// Whether a task begins that the event loop does not run.
    private static func leavesLoop(_ code: CodeTokens) -> Bool {
        code.places("Task").contains { place in
            var next = place + 1
            if code[next] == "<" {
                guard let end = code.all[next...].firstIndex(where: { $0.text == ">" }) else { return false }
                next = end + 1
            }
            switch code[next] {
            // `-> Task<A, B> {` opens the body of a function.
            case "{": return code[place - 1] != ">"
            case "(": return code[next + 1] != "executorPreference"
            case ".": return ["detached", "immediate", "immediateDetached"].contains(code[next + 1])
            default: return false
            }
        }
    }

    /// The name of what a pure room may not use, where a line uses it.
    private static func impurity(_ code: CodeTokens) -> String? {
        for type in ["ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "CommandLine"]
            as [Substring]
        where code.has(type) {
            return String(type)
        }
        if !code.places("Task", ".", "sleep").isEmpty { return "Task.sleep" }
        for method in ["shuffled", "shuffle", "randomElement", "random"] as [Substring] {
            let calls = code.places(".", method, "(")
            if !calls.isEmpty, !code.has("using") { return String(method) }
        }
        for place in code.all.indices where code[place + 1] == "(" && impureFunctions.contains(code[place]) {
            // A method of some value, or the declaration of one, is not the C function.
            let isC = code[place - 1] != "." || code[place - 2] == "Glibc"
            if isC, code[place - 1] != "func" { return String(code[place]) }
        }
        return nil
    }

    private static let impureFunctions: Set<Substring> = [
        "print", "debugPrint", "dump", "readLine", "fopen", "fread", "fwrite", "fclose", "fputs", "puts",
        "printf",
        "socket", "connect", "accept", "pread", "pwrite", "unlink", "mkdir", "fsync", "mmap", "fork",
        "execve",
        "posix_spawn", "getenv", "setenv", "time", "clock", "clock_gettime", "gettimeofday", "localtime_r",
        "rand",
        "random", "arc4random", "getrandom", "usleep", "nanosleep", "pthread_create", "exit", "abort",
    ]
}
