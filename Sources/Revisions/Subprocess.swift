import Domain
import Glibc

/// A program run to its end: no shell, nothing of our environment but what is given, and a limit on its time.
enum Subprocess {
    struct Outcome {
        /// Its exit status; 128 and more where a signal ended it.
        let status: Int32
        /// What it printed, where that went nowhere else.
        let out: [UInt8]
        /// The end of what it said on standard error.
        let err: String
    }

    /// - Parameters:
    ///   - program: A path; nothing is looked up.
    ///   - output: A file for its standard output; nil keeps it, up to `limit` bytes.
    static func run(
        _ program: String, _ arguments: [String], environment: [String], output: Int32? = nil,
        limit: Int = 64 << 20, seconds: Double = 60
    ) throws(StoreError) -> Outcome {
        var out: [Int32] = [-1, -1]
        var err: [Int32] = [-1, -1]
        guard pipe(&out) == 0, pipe(&err) == 0 else {
            let reason = String(cString: strerror(errno))
            for descriptor in out + err where descriptor >= 0 { close(descriptor) }
            throw StoreError(.unavailable, "no pipe could be made: \(reason)")
        }
        for descriptor in out + err { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { for descriptor in [out[0], err[0]] { close(descriptor) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output ?? out[1], 1)
        posix_spawn_file_actions_adddup2(&actions, err[1], 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let result = withCStrings([program] + arguments) { argv in
            withCStrings(environment) { envp in posix_spawn(&pid, program, &actions, &attributes, argv, envp)
            }
        }
        close(out[1])
        close(err[1])
        guard result == 0 else {
            throw StoreError(
                .unavailable, "\(program) cannot be started: \(String(cString: strerror(result)))")
        }
        return try finish(pid, program, out[0], err[0], limit, seconds)
    }

    private static func finish(
        _ pid: pid_t, _ program: String, _ out: Int32, _ err: Int32, _ limit: Int, _ seconds: Double
    ) throws(StoreError) -> Outcome {
        var kept: [UInt8] = []
        var said: [UInt8] = []
        var isOpen = [true, true]
        let deadline = now() + seconds
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        func end(_ cause: String) -> StoreError {
            kill(pid, SIGKILL)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return StoreError(.unavailable, cause)
        }
        while isOpen[0] || isOpen[1] {
            var polled = [
                pollfd(fd: isOpen[0] ? out : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen[1] ? err : -1, events: Int16(POLLIN), revents: 0),
            ]
            let left = deadline - now()
            guard left > 0 else { throw end("\(program) did not end within \(Int(seconds)) s") }
            let ready = poll(&polled, 2, Int32(min(left * 1000 + 1, 60_000)))
            if ready < 0, errno != EINTR { throw end("\(program) cannot be waited for") }
            for index in 0...1 where polled[index].revents != 0 {
                let got = read(index == 0 ? out : err, &chunk, chunk.count)
                if got < 0, errno == EINTR { continue }
                if got <= 0 {
                    isOpen[index] = false
                    continue
                }
                if index == 0 {
                    kept += chunk[..<got]
                    if kept.count > limit { throw end("\(program) gave more than \(limit) bytes") }
                } else {
                    said += chunk[..<got]
                    if said.count > 8192 { said.removeFirst(said.count - 4096) }
                }
            }
        }
        // It has said all it will, and may go on all the same.
        var status: Int32 = 0
        var rest: UInt32 = 200
        while true {
            let ended = waitpid(pid, &status, WNOHANG)
            if ended == pid { break }
            if ended < 0, errno != EINTR { throw StoreError(.unavailable, "\(program) cannot be waited for") }
            guard now() < deadline else { throw end("\(program) did not end within \(Int(seconds)) s") }
            usleep(rest)
            rest = min(rest * 2, 20_000)
        }
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, out: kept,
            err: String(decoding: said, as: UTF8.self))
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func withCStrings<R>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
    ) -> R {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
