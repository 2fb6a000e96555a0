import Glibc
import Synchronization

/// A subprocess in a process group of its own, with pipes for its three streams; ours do not block.
struct ChildProcess {
    struct Problem: Error { let cause: String }

    let pid: pid_t
    let input: Int32
    let output: Int32
    let errors: Int32

    /// - Parameters:
    ///   - program: The file to start; nil: the first argument.
    ///   - arguments: The program, looked up in `PATH` where it has no slash, and its arguments.
    ///   - environment: All that the subprocess gets, as `NAME=value`.
    static func start(
        _ arguments: [String], program: String? = nil, environment: [String], folder: String
    ) throws(Problem) -> ChildProcess {
        // One at a time: between the making of a pipe and its flag, another start would inherit it.
        try starting.withLock { (_) throws(Problem) in
            try startAlone(arguments, program: program, environment: environment, folder: folder)
        }
    }

    private static let starting = Mutex(())

    private static func startAlone(
        _ arguments: [String], program: String?, environment: [String], folder: String
    ) throws(Problem) -> ChildProcess {
        let stdin = try Pipe()
        let stdout = try Pipe()
        let stderr = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, stdout.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, stderr.writing, 2)
        if !folder.isEmpty { try changeFolder(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals as a program expects them, whatever this thread has blocked or this process ignores.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let result = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                guard let program else {
                    // The policy's reader refuses an empty command line.
                    return posix_spawnp(&pid, argv[0]!, &actions, &attributes, argv, envp)
                }
                return posix_spawn(&pid, program, &actions, &attributes, argv, envp)
            }
        }
        for descriptor in [stdin.reading, stdout.writing, stderr.writing] { close(descriptor) }
        let ours = [stdin.writing, stdout.reading, stderr.reading]
        guard result == 0 else {
            for descriptor in ours { close(descriptor) }
            throw Problem(cause: String(cString: strerror(result)))
        }
        for descriptor in ours { Pipe.unblock(descriptor) }
        return ChildProcess(pid: pid, input: ours[0], output: ours[1], errors: ours[2])
    }

    /// Ends the whole group at once.
    func kill() { _ = Glibc.kill(-pid, SIGKILL) }

    func terminate() { _ = Glibc.kill(-pid, SIGTERM) }

    /// How it ended, in words, or nil while it runs.
    func end() -> String? {
        var status: Int32 = 0
        let got = waitpid(pid, &status, WNOHANG)
        if got == 0 { return nil }
        if got < 0 { return "ended" }
        let signal = status & 0x7F
        return signal == 0 ? "ended with status \((status >> 8) & 0xFF)" : "was ended by signal \(signal)"
    }

    /// glibc's own extension, which Swift's module of it does not show.
    private static func changeFolder(
        _ actions: inout posix_spawn_file_actions_t, _ folder: String
    ) throws(Problem) {
        typealias AddFolder = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<CChar>) -> Int32
        guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
            throw Problem(cause: "this system's C library cannot start it in the policy's folder")
        }
        // The symbol is this function's address: its type is the one in glibc's spawn.h.
        let add = unsafeBitCast(symbol, to: AddFolder.self)
        let result = withUnsafeMutablePointer(to: &actions) { add(UnsafeMutableRawPointer($0), folder) }
        guard result == 0 else { throw Problem(cause: String(cString: strerror(result))) }
    }
}

/// Two ends that no other subprocess inherits.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws(ChildProcess.Problem) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ChildProcess.Problem(cause: String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Makes an end return at once where it has nothing to give or no room.
    static func unblock(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
}

private func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
