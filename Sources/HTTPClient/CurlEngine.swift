import CCurl
import CEpoll
import Glibc
import Synchronization

/// The thread on which libcurl runs: an epoll loop that feeds `curl_multi_socket_action`.
///
/// `@unchecked`: what is marked as the thread's own is touched by that thread alone, libcurl's callbacks
/// included, which run inside its calls; the rest is immutable, atomic or behind the lock.
final class CurlEngine: @unchecked Sendable {
    private enum Message {
        case begin(Transfer)
        case cancel(Transfer)
        case stop
    }

    private let configuration: HTTPClient.Configuration
    private let epoll: Int32
    private let wake: Int32
    private let inbox = Mutex<[Message]>([])
    private let isAsleep = Atomic<Bool>(false)

    // The thread's own.
    private let multi: UnsafeMutableRawPointer
    private var idle: [EasyHandle] = []
    private var active: [Transfer] = []
    private var watched: [Watch] = []
    private var curlDeadline = UInt64.max
    /// No transfer's deadline is earlier.
    private var earliestDeadline = UInt64.max
    private var stopping = false

    /// What epoll knows of a descriptor. libcurl lets go of a connection after each transfer and takes it up
    /// for the next; its watch stays, so that neither costs a system call.
    private struct Watch {
        var registered: UInt32 = 0
        var wanted: UInt32 = 0
        /// Opened and closed through our callbacks, so that a closed one is noticed.
        var isOurs = false
    }

    init(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        if let failure = ccurl_open() { throw .unavailable(String(cString: failure)) }
        self.configuration = configuration
        guard let multi = ccurl_multi() else { throw .unavailable("curl_multi_init failed") }
        self.multi = multi
        epoll = cepoll_create()
        wake = cepoll_eventfd()
        guard epoll >= 0, wake >= 0, cepoll_add(epoll, wake, CEPOLL_IN, .max) == 0 else {
            throw .unavailable("epoll: \(String(cString: cepoll_error(errno)))")
        }
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxIdleConnections)
        ccurl_multi_set_callbacks(multi, socketWanted, timerWanted, Unmanaged.passUnretained(self).toOpaque())
        try startThread()
    }

    deinit {
        close(epoll)
        close(wake)
    }

    func begin(_ transfer: Transfer) { hand(.begin(transfer)) }

    func cancel(_ transfer: Transfer) {
        transfer.isCancelled.store(true, ordering: .sequentiallyConsistent)
        hand(.cancel(transfer))
    }

    func stop() { hand(.stop) }

    private func hand(_ message: Message) {
        inbox.withLock { $0.append(message) }
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { cepoll_signal(wake) }
    }

    // MARK: - The thread

    private func startThread() throws(HTTPClientError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var id = pthread_t()
        let me = Unmanaged.passRetained(self)
        let code = pthread_create(
            &id, &attributes,
            { raw in
                Unmanaged<CurlEngine>.fromOpaque(raw!).takeRetainedValue().run()
                return nil
            }, me.toOpaque())
        guard code == 0 else {
            me.release()
            ccurl_multi_free(multi)
            throw .unavailable("pthread_create: \(String(cString: cepoll_error(code)))")
        }
    }

    private func run() {
        cepoll_name_thread("http-client")
        // Not every TLS library writes without it.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, nil)
        let events = UnsafeMutablePointer<cepoll_event>.allocate(capacity: 256)
        defer { events.deallocate() }
        while !stopping {
            takeInbox()
            let now = monotonicNow()
            if curlDeadline <= now {
                curlDeadline = .max
                act(CURL_SOCKET_BAD, 0)
            }
            reap()
            expire(now)
            let count = cepoll_wait(epoll, events, 256, patience())
            isAsleep.store(false, ordering: .relaxed)
            for index in 0..<Int(max(0, count)) { deliver(events[index]) }
            if count > 0 { reap() }
        }
        for transfer in active { end(transfer, .failure(.cancelled)) }
        idle = []
        ccurl_multi_free(multi)
    }

    private func takeInbox() {
        let messages = inbox.withLock { box -> [Message] in
            guard !box.isEmpty else { return [] }
            let taken = box
            box = []
            return taken
        }
        for message in messages {
            switch message {
            case .begin(let transfer): start(transfer)
            case .cancel(let transfer): if transfer.easy != nil { end(transfer, .failure(.cancelled)) }
            case .stop: stopping = true
            }
        }
    }

    private func patience() -> Int64 {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        guard !stopping, inbox.withLock({ $0.isEmpty }) else { return 0 }
        let next = min(curlDeadline, earliestDeadline)
        if next == .max { return -1 }
        let now = monotonicNow()
        return next <= now ? 0 : Int64(clamping: next - now)
    }

    private func deliver(_ event: cepoll_event) {
        if event.data == .max { return cepoll_clear(wake) }
        let descriptor = Int(event.data)
        guard descriptor < watched.count else { return }
        if watched[descriptor].wanted == 0 {
            // An idle connection that its server closes: libcurl finds out when it takes it up again.
            unwatch(descriptor)
            return
        }
        var kinds: Int32 = 0
        if event.events & (CEPOLL_IN | CEPOLL_HUP) != 0 { kinds |= CURL_CSELECT_IN }
        if event.events & CEPOLL_OUT != 0 { kinds |= CURL_CSELECT_OUT }
        if event.events & CEPOLL_ERR != 0 { kinds |= CURL_CSELECT_ERR }
        act(curl_socket_t(descriptor), kinds)
    }

    private func act(_ socket: curl_socket_t, _ kinds: Int32) {
        var running: Int32 = 0
        ccurl_multi_act(multi, socket, kinds, &running)
    }

    // MARK: - Transfers

    private func start(_ transfer: Transfer) {
        if transfer.isCancelled.load(ordering: .sequentiallyConsistent) {
            return transfer.finish(.failure(.cancelled))
        }
        guard let easy = idle.popLast() ?? newHandle() else {
            return transfer.finish(.failure(.unavailable("curl_easy_init failed")))
        }
        easy.prepare(transfer.request)
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        ccurl_set_write(easy.curl, bodyReceived, lineReceived, context)
        transfer.easy = easy
        transfer.started = monotonicNow()
        let timeouts = transfer.request.timeouts
        transfer.totalDeadline = transfer.started + nanoseconds(timeouts.total)
        if let time = timeouts.firstByte { transfer.firstByteDeadline = transfer.started + nanoseconds(time) }
        earliestDeadline = min(earliestDeadline, transfer.deadline)
        transfer.slot = active.count
        active.append(transfer)
        let code = ccurl_multi_add(multi, easy.curl)
        if code != CURLM_OK {
            end(transfer, .failure(.other(code: Int(code.rawValue), "curl_multi_add_handle")))
        }
    }

    private func newHandle() -> EasyHandle? {
        guard let easy = EasyHandle(configuration) else { return nil }
        ccurl_set_sockets(easy.curl, socketOpened, socketClosed, Unmanaged.passUnretained(self).toOpaque())
        return easy
    }

    /// Takes the transfer out of libcurl, which closes its connection unless it has ended well, and tells the
    /// caller.
    private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        guard let easy = transfer.easy else { return }
        ccurl_multi_remove(multi, easy.curl)
        transfer.easy = nil
        easy.release()
        if idle.count < 256 { idle.append(easy) }
        let last = active.removeLast()
        if last !== transfer {
            last.slot = transfer.slot
            active[transfer.slot] = last
        }
        transfer.finish(outcome)
    }

    private func reap() {
        var code = CURLE_OK
        while let curl = ccurl_multi_finished(multi, &code) {
            guard let raw = ccurl_info_pointer(curl, CURLINFO_PRIVATE) else { continue }
            let transfer = Unmanaged<Transfer>.fromOpaque(raw).takeUnretainedValue()
            end(
                transfer,
                code == CURLE_OK ? response(transfer, curl) : .failure(failure(transfer, code)))
        }
    }

    private func response(_ transfer: Transfer, _ curl: UnsafeMutableRawPointer) -> Transfer.Outcome {
        let status = ccurl_info_long(curl, CURLINFO_RESPONSE_CODE)
        // libcurl calls it well where the connection ends within the head, or after an interim response.
        guard transfer.hasHead, status >= 200 else { return .failure(.closedEarly(received: 0)) }
        func seconds(_ info: CURLINFO) -> Double { Double(ccurl_info_offset(curl, info)) / 1e6 }
        let isReused = ccurl_info_long(curl, CURLINFO_NUM_CONNECTS) == 0
        let timings = HTTPClientResponse.Timings(
            connect: isReused ? 0 : seconds(CURLINFO_CONNECT_TIME_T),
            firstByte: seconds(CURLINFO_STARTTRANSFER_TIME_T), total: seconds(CURLINFO_TOTAL_TIME_T))
        return .success(
            HTTPClientResponse(
                status: status, headers: transfer.headers, body: transfer.body, timings: timings))
    }

    private func expire(_ now: UInt64) {
        guard earliestDeadline <= now else { return }
        let late = active.filter { $0.deadline <= now }
        for transfer in late {
            let limit =
                transfer.totalDeadline <= now
                ? transfer.request.timeouts.total : transfer.request.timeouts.firstByte
            end(
                transfer,
                .failure(.timedOut(phase(transfer), after: limit ?? transfer.request.timeouts.total)))
        }
        earliestDeadline = active.reduce(UInt64.max) { min($0, $1.deadline) }
    }

    private func phase(_ transfer: Transfer) -> HTTPClientError.Phase {
        guard let easy = transfer.easy else { return .connect }
        if transfer.hasFirstByte { return .body }
        return ccurl_info_offset(easy.curl, CURLINFO_PRETRANSFER_TIME_T) > 0 ? .firstByte : .connect
    }

    private func failure(_ transfer: Transfer, _ code: CURLcode) -> HTTPClientError {
        if let stopped = transfer.stopped { return stopped }
        guard let easy = transfer.easy else { return .cancelled }
        let said = easy.lastMessage
        let message = said.isEmpty ? String(cString: ccurl_error(code)) : said
        switch code {
        case CURLE_URL_MALFORMAT: return .invalidRequest(message)
        case CURLE_UNSUPPORTED_PROTOCOL:
            return transfer.isConnected(easy) ? .malformed(message) : .invalidRequest(message)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .nameNotFound(host: host(transfer.request.url))
        case CURLE_COULDNT_CONNECT: return .couldNotConnect(message)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return .tls(message)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(phase(transfer), after: transfer.request.timeouts.connect)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_TOO_MANY_REDIRECTS:
            return .malformed(message)
        // What libcurl says of a field line beyond its own bound.
        case CURLE_OUT_OF_MEMORY where transfer.isConnected(easy) && !transfer.hasHead:
            return .tooLarge(limit: Int(CURL_MAX_HTTP_HEADER))
        // libcurl has no code of its own for broken chunks.
        case CURLE_RECV_ERROR where message.hasSuffix("in chunked-encoding"): return .malformed(message)
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return .closedEarly(received: transfer.body.count)
        default: return .other(code: Int(code.rawValue), message)
        }
    }

    // MARK: - What libcurl asks for

    fileprivate func watch(_ descriptor: Int, _ kinds: Int32) {
        while watched.count <= descriptor { watched.append(Watch()) }
        guard kinds != CURL_POLL_REMOVE else {
            watched[descriptor].wanted = 0
            if !watched[descriptor].isOurs { unwatch(descriptor) }
            return
        }
        var events: UInt32 = 0
        if kinds & CURL_POLL_IN != 0 { events |= CEPOLL_IN }
        if kinds & CURL_POLL_OUT != 0 { events |= CEPOLL_OUT }
        watched[descriptor].wanted = events
        let registered = watched[descriptor].registered
        if registered == events { return }
        watched[descriptor].registered = events
        if registered == 0 {
            _ = cepoll_add(epoll, Int32(descriptor), events, UInt64(descriptor))
        } else {
            _ = cepoll_modify(epoll, Int32(descriptor), events, UInt64(descriptor))
        }
    }

    private func unwatch(_ descriptor: Int) {
        if watched[descriptor].registered != 0 { _ = cepoll_delete(epoll, Int32(descriptor)) }
        watched[descriptor].registered = 0
    }

    fileprivate func opened(_ descriptor: Int) {
        while watched.count <= descriptor { watched.append(Watch()) }
        watched[descriptor] = Watch(isOurs: true)
    }

    fileprivate func closing(_ descriptor: Int) {
        guard descriptor < watched.count else { return }
        watched[descriptor] = Watch()
    }

    fileprivate func wakeIn(_ milliseconds: Int) {
        curlDeadline = milliseconds < 0 ? .max : monotonicNow() + UInt64(milliseconds) * 1_000_000
    }
}

extension Transfer {
    fileprivate func isConnected(_ easy: EasyHandle) -> Bool {
        ccurl_info_offset(easy.curl, CURLINFO_PRETRANSFER_TIME_T) > 0
    }
}

func monotonicNow() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

private func nanoseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds < 1 << 32 else { return 1 << 62 }
    return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
}

/// The host of a URL, for a message.
private func host(_ url: String) -> String {
    let rest = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    guard rest.count > 1 else { return url }
    let authority = rest[1].split(separator: "@").last ?? rest[1]
    return String(authority.split(separator: ":").first ?? authority)
}

// MARK: - Callbacks

private func engine(_ context: UnsafeMutableRawPointer?) -> CurlEngine {
    Unmanaged<CurlEngine>.fromOpaque(context!).takeUnretainedValue()
}

private func bytes(_ start: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self), count: count)
}

private let socketWanted:
    @convention(c) (
        UnsafeMutableRawPointer?, curl_socket_t, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
    ) -> Int32 = { _, socket, kinds, context, _ in
        engine(context).watch(Int(socket), kinds)
        return 0
    }

private let timerWanted: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Int32 = {
    _, milliseconds, context in
    engine(context).wakeIn(milliseconds)
    return 0
}

private let socketOpened: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t) -> Void = {
    context, socket in
    engine(context).opened(Int(socket))
}

private let socketClosed: @convention(c) (UnsafeMutableRawPointer?, curl_socket_t) -> Void = {
    context, socket in
    engine(context).closing(Int(socket))
}

private let bodyReceived:
    @convention(c) (
        UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
    ) -> Int = { start, size, count, context in
        let transfer = Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
        return transfer.receive(body: bytes(start, size * count)) ? size * count : Int(CURL_WRITEFUNC_ERROR)
    }

private let lineReceived:
    @convention(c) (
        UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?
    ) -> Int = { start, size, count, context in
        let transfer = Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
        return transfer.receive(line: bytes(start, size * count)) ? size * count : 0
    }
