import Domain
import Glibc
import Notation

/// The life of a command's subprocess, on one thread: send, receive, time out, restart.
///
/// One request is under way until an answer has carried its `id`; from then on up to `concurrency` are. An
/// app that crashes is started again after a wait that doubles from 0.1 s to 5 s; after five crashes without
/// an answer, requests fail until the next start is due.
struct CommandRunner {
    private struct Flight {
        let request: CommandLoop.Request
        var sentAt: Double
    }

    private let settings: CommandLoop.Settings
    private let wake: Int32
    private var process: ChildProcess?
    private var waiting: [CommandLoop.Request] = []
    private var flights: [Flight] = []
    private var outgoing: [UInt8] = []
    private var incoming: [UInt8] = []
    private var scanned = 0
    private var lastWords: [UInt8] = []
    private var stray: [UInt8] = []
    private var echoesIDs: Bool?
    /// Requests that are over, the last ones, and whether an answer came.
    private var past: [(id: String, isAnswered: Bool)] = []
    private var crashes = 0
    private var startAfter = 0.0
    private var lastCrash = Failure(cause: .crashed, detail: "the command ended")
    private var lastLineAt = 0.0
    private var errorsAreOpen = true
    private var stopping: UnsafeContinuation<Void, Never>?
    private var isStopping = false

    init(_ settings: CommandLoop.Settings, wake: Int32) {
        self.settings = settings
        self.wake = wake
    }

    mutating func run(_ inbox: () -> [CommandLoop.Message]) {
        // A write to a subprocess that is gone must not end this process.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        while !isStopping {
            wait()
            for message in inbox() { take(message) }
            if isStopping { break }
            expire()
            startIfNeeded()
            sendNext()
        }
        shutDown()
        stopping?.resume()
    }

    private mutating func take(_ message: CommandLoop.Message) {
        switch message {
        case .ask(let request): waiting.append(request)
        case .cancel(let token):
            if let index = waiting.firstIndex(where: { $0.token == token }) {
                waiting.remove(at: index).continuation.resume(returning: .failed(CommandLoop.stopped))
            } else if let index = flights.firstIndex(where: { $0.request.token == token }) {
                // The answer that is still to come must not be taken for another's.
                let isSerial = echoesIDs != true
                flights.remove(at: index).request.continuation.resume(returning: .failed(CommandLoop.stopped))
                if isSerial { restart(Failure(cause: .crashed, detail: "the command was stopped")) }
            }
        case .stop(let continuation):
            stopping = continuation
            isStopping = true
        }
    }

    // MARK: Waiting

    /// Waits for something to do, and takes in what came.
    private mutating func wait() {
        var entries = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        if let process {
            entries.append(pollfd(fd: process.output, events: Int16(POLLIN), revents: 0))
            // A negative descriptor is passed over: one that was closed would be ready for ever.
            let errors = errorsAreOpen ? process.errors : -1
            entries.append(pollfd(fd: errors, events: Int16(POLLIN), revents: 0))
            if !outgoing.isEmpty {
                entries.append(pollfd(fd: process.input, events: Int16(POLLOUT), revents: 0))
            }
        }
        let count = poll(&entries, nfds_t(entries.count), timeout())
        guard count > 0 else { return }
        if entries[0].revents != 0 { drainWake() }
        guard process != nil, entries.count > 2 else { return }
        if entries[2].revents != 0 { readErrors() }
        if entries.count > 3, entries[3].revents != 0 { writeOutgoing() }
        if entries[1].revents != 0 { readOutput() }
    }

    /// Milliseconds until the next deadline, rounded up; -1: nothing is due.
    private func timeout() -> Int32 {
        var next = Double.infinity
        for flight in flights { next = min(next, flight.request.deadline) }
        for request in waiting { next = min(next, request.deadline) }
        if process == nil && !waiting.isEmpty { next = min(next, startAfter) }
        if next == .infinity { return -1 }
        return Int32(min(max(0, (next - CommandLoop.now()) * 1000).rounded(.up), 60_000))
    }

    private func drainWake() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(wake, &bytes, bytes.count) > 0 {}
    }

    // MARK: Deadlines

    private mutating func expire() {
        let now = CommandLoop.now()
        var hung = false
        let late = flights.filter { $0.request.deadline <= now }
        flights.removeAll { $0.request.deadline <= now }
        for flight in late {
            remember(flight, isAnswered: false)
            // An app that answers others meanwhile is alive: only this answer is given up.
            if echoesIDs != true || lastLineAt < flight.sentAt { hung = true }
            let detail = "the command did not answer in time\(words)"
            flight.request.continuation.resume(returning: .failed(Failure(cause: .timeout, detail: detail)))
        }
        let busy = Failure(cause: .timeout, detail: "the command was still busy with other requests")
        let failure = process == nil && crashes > 0 ? lastCrash : busy
        for request in waiting where request.deadline <= now {
            request.continuation.resume(returning: .failed(failure))
        }
        waiting.removeAll { $0.deadline <= now }
        if hung {
            restart(
                Failure(
                    cause: .crashed,
                    detail: "the command was stopped because it did not answer another request in time"))
        }
    }

    /// Ends the subprocess and fails what is under way; the next request starts it anew.
    private mutating func restart(_ failure: Failure) {
        if let process {
            process.kill()
            reap(process)
        }
        process = nil
        failFlights(failure)
    }

    private mutating func failFlights(_ failure: Failure) {
        let failed = flights
        flights = []
        outgoing = []
        incoming = []
        scanned = 0
        for flight in failed { flight.request.continuation.resume(returning: .failed(failure)) }
    }

    /// Waits for the end of a group that was killed, and closes its pipes.
    private func reap(_ process: ChildProcess) {
        close(process.input)
        close(process.output)
        close(process.errors)
        while process.end() == nil { usleep(1000) }
    }

    // MARK: Starting

    private mutating func startIfNeeded() {
        guard process == nil, !waiting.isEmpty else { return }
        let now = CommandLoop.now()
        if now < startAfter {
            if crashes >= 5 { failWaiting(lastCrash) }
            return
        }
        lastWords = []
        stray = []
        errorsAreOpen = true
        do throws(ChildProcess.Problem) {
            process = try ChildProcess.start(
                settings.arguments, program: settings.program, environment: settings.environment,
                folder: settings.folder)
        } catch {
            let name = Excerpt().of(settings.arguments.first ?? "")
            crashes = max(crashes + 1, 5)
            startAfter = now + 1
            lastCrash = Failure(
                cause: .unreachable, detail: "the command '\(name)' cannot be started: \(error.cause)")
            failWaiting(lastCrash)
        }
    }

    private mutating func failWaiting(_ failure: Failure) {
        let failed = waiting
        waiting = []
        for request in failed { request.continuation.resume(returning: .failed(failure)) }
    }

    /// The subprocess closed its output: it has crashed, or ended.
    private mutating func crashed() {
        guard let process else { return }
        // Closing the output and ending are two things: the first is enough to end it.
        var end = process.end()
        for _ in 0..<50 where end == nil {
            usleep(1000)
            end = process.end()
        }
        readErrors()
        process.kill()
        close(process.input)
        close(process.output)
        close(process.errors)
        if end == nil {
            while process.end() == nil { usleep(1000) }
            end = "closed its output"
        }
        self.process = nil
        crashes += 1
        startAfter = CommandLoop.now() + min(5, 0.1 * Double(1 << min(crashes - 1, 10)))
        let cause: Failure.Cause = crashes >= 5 ? .unreachable : .crashed
        let detail = "the command \(end ?? "ended")\(words)"
        lastCrash = Failure(cause: cause, detail: detail)
        failFlights(Failure(cause: .crashed, detail: detail))
    }

    /// The last line of its standard error, for a message.
    private var words: String {
        let lines = lastWords.split(separator: 0x0A).map { Excerpt().of($0) }.filter { !$0.isEmpty }
        let strayWords = Excerpt().of(stray)
        if let last = lines.last { return "; its last words: '\(last)'" }
        return strayWords.isEmpty ? "" : "; it wrote '\(strayWords)', which is no answer"
    }

    // MARK: Sending

    private mutating func sendNext() {
        guard process != nil else { return }
        let limit = echoesIDs == true ? settings.concurrency : 1
        while flights.count < limit, !waiting.isEmpty {
            let request = waiting.removeFirst()
            outgoing += request.line
            flights.append(Flight(request: request, sentAt: CommandLoop.now()))
        }
        if !outgoing.isEmpty { writeOutgoing() }
    }

    private mutating func writeOutgoing() {
        guard let process else { return }
        while !outgoing.isEmpty {
            let sent = write(process.input, outgoing, outgoing.count)
            if sent < 0 && errno == EINTR { continue }
            guard sent > 0 else {
                // It reads no more: its output will end, or the deadline comes.
                if errno != EAGAIN { outgoing = [] }
                return
            }
            outgoing.removeFirst(sent)
        }
    }

    // MARK: Receiving

    private mutating func readErrors() {
        guard let process else { return }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = read(process.errors, &chunk, chunk.count)
            if got == 0 { errorsAreOpen = false }
            guard got > 0 else { return }
            lastWords += chunk[..<got]
            if lastWords.count > 2048 { lastWords.removeFirst(lastWords.count - 2048) }
        }
    }

    private mutating func readOutput() {
        guard let process else { return }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = read(process.output, &chunk, chunk.count)
            if got < 0 && errno == EINTR { continue }
            if got < 0 { break }
            if got == 0 {
                takeLines()
                crashed()
                return
            }
            incoming += chunk[..<got]
            takeLines()
            if self.process == nil { return }
            if got < chunk.count { break }
        }
        if incoming.count > settings.maximumLineBytes {
            restart(tooLarge)
        }
    }

    private var tooLarge: Failure {
        let limit = "\(settings.maximumLineBytes) bytes (limits.answer_size)"
        return Failure(cause: .tooLarge, detail: "the command's answer is larger than \(limit)")
    }

    private mutating func takeLines() {
        var start = 0
        while let end = incoming[max(scanned, start)...].firstIndex(of: 0x0A) {
            let line = Array(incoming[start..<end])
            start = end + 1
            scanned = start
            if line.contains(where: { $0 > 0x20 }) { takeLine(line) }
            // A failure may have emptied the buffer.
            if incoming.count < start { return }
        }
        incoming.removeFirst(start)
        scanned = incoming.count
    }

    private mutating func takeLine(_ line: [UInt8]) {
        let now = CommandLoop.now()
        let id = (try? JSONValue.parse(line))?["id"].flatMap {
            $0.stringValue ?? $0.intValue.map(String.init)
        }
        if let id, let index = flights.firstIndex(where: { $0.request.id == id }) {
            echoesIDs = true
            answer(index, line, now)
        } else if let id, !settings.mayBearOwnIDs, let old = past.last(where: { $0.id == id }) {
            // Said before, or too late: no answer to what is asked now.
            if old.isAnswered { settings.onRepeat?() }
            stray = Array(line.prefix(200))
        } else if let id, !settings.mayBearOwnIDs, echoesIDs != true, flights.count == 1 {
            let none = settings.needsIDs ? "" : ", or none"
            turnDown(
                "the program answered '\(Excerpt().of(id))' when '\(flights[0].request.id)' was asked: an answer "
                    + "bears its line's id\(none)")
        } else if id == nil, settings.needsIDs, echoesIDs != true, flights.count == 1 {
            turnDown(
                "the program's line bears no id, and an answer bears that of its line; it begins "
                    + "'\(Excerpt().of(line))' (logs belong on standard error)")
        } else if echoesIDs != true, flights.count == 1 {
            // Without ids the only request under way is the one that is answered.
            echoesIDs = false
            answer(0, line, now)
        } else {
            // Too late, or no answer at all.
            stray = Array(line.prefix(200))
        }
    }

    /// Fails the only request under way for a line that cannot be its answer.
    private mutating func turnDown(_ detail: String) {
        let flight = flights.remove(at: 0)
        remember(flight, isAnswered: false)
        flight.request.continuation.resume(returning: .failed(Failure(cause: .malformed, detail: detail)))
    }

    private mutating func remember(_ flight: Flight, isAnswered: Bool) {
        if past.count >= 512 { past.removeFirst(256) }
        past.append((flight.request.id, isAnswered))
    }

    private mutating func answer(_ index: Int, _ line: [UInt8], _ now: Double) {
        let flight = flights.remove(at: index)
        remember(flight, isAnswered: true)
        crashes = 0
        lastLineAt = now
        let reply: CommandLoop.Reply =
            line.count > settings.maximumLineBytes
            ? .failed(tooLarge)
            : .line(line, milliseconds: (now - flight.sentAt) * 1000)
        flight.request.continuation.resume(returning: reply)
    }

    // MARK: Ending

    private mutating func shutDown() {
        failFlights(CommandLoop.stopped)
        failWaiting(CommandLoop.stopped)
        guard let process else { return }
        close(process.input)
        // Half a second to end by itself, half a second to end when told.
        for step in 0..<100 {
            if process.end() != nil { break }
            if step == 50 { process.terminate() }
            readErrors()
            usleep(10_000)
        }
        // Whatever it started goes with it.
        process.kill()
        close(process.output)
        close(process.errors)
        while process.end() == nil { usleep(1000) }
        self.process = nil
    }
}
