import Glibc
import Synchronization

/// Finds addresses of names with the system's resolver, on threads of its own: it blocks.
///
/// What was found holds for some seconds; after that it is still given, while it is looked up anew beside, so
/// that a slow name server delays nobody who has asked before. What could not be found is remembered for a
/// second.
final class Resolver: Sendable {
    static let shared = Resolver()

    typealias Lookup = @Sendable (_ host: String) -> [SocketAddress]

    private struct Entry {
        let addresses: [SocketAddress]
        let foundAt: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var waiting: [String: [@Sendable ([SocketAddress]) -> Void]] = [:]
        var queue: [String] = []
        var threads = 0
    }

    private static let fresh: UInt64 = 10_000_000_000
    private static let usable: UInt64 = 600_000_000_000
    private static let negative: UInt64 = 1_000_000_000
    private static let threads = 4

    private let state = Mutex(State())
    private let lookup: Lookup

    init(_ lookup: @escaping Lookup = Resolver.ask) { self.lookup = lookup }

    /// The addresses of a host, in the system's order of preference; none where there are none, or the time is
    /// over. Must be called on the loop.
    func addresses(
        _ host: String, port: Int, on loop: EventLoop, until deadline: UInt64
    ) async
        -> [SocketAddress]
    {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        let answer = LoopAnswer<[SocketAddress]>(loop)
        let known = state.withLock { (state: inout State) -> [SocketAddress]? in
            var known: [SocketAddress]?
            if let entry = state.entries[host] {
                let age = loop.now() &- entry.foundAt
                if age < (entry.addresses.isEmpty ? Self.negative : Self.fresh) { return entry.addresses }
                if !entry.addresses.isEmpty, age < Self.usable { known = entry.addresses }
            }
            if state.waiting[host] == nil {
                state.waiting[host] = []
                state.queue.append(host)
            }
            if known == nil {
                state.waiting[host, default: []].append { found in loop.perform { answer.give(found) } }
            }
            // Also for what an earlier call could start no thread for.
            if !state.queue.isEmpty, state.threads < Self.threads, begin() { state.threads += 1 }
            return known
        }
        let found: [SocketAddress]
        if let known { found = known } else { found = await answer.wait(until: deadline) ?? [] }
        return found.map { $0.with(port: port) }
    }

    private func begin() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var id = pthread_t()
        let me = Unmanaged.passRetained(self)
        let code = pthread_create(
            &id, &attributes,
            { raw in
                Unmanaged<Resolver>.fromOpaque(raw!).takeRetainedValue().work()
                return nil
            }, me.toOpaque())
        if code != 0 { me.release() }
        return code == 0
    }

    private func work() {
        while true {
            let host = state.withLock { state -> String? in
                if state.queue.isEmpty {
                    state.threads -= 1
                    return nil
                }
                return state.queue.removeFirst()
            }
            guard let host else { return }
            let found = lookup(host)
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
            let waiting = state.withLock { state -> [@Sendable ([SocketAddress]) -> Void] in
                // What was found before is better than nothing.
                if !found.isEmpty || state.entries[host]?.addresses.isEmpty ?? true {
                    state.entries[host] = Entry(addresses: found, foundAt: now)
                }
                return state.waiting.removeValue(forKey: host) ?? []
            }
            for tell in waiting { tell(found) }
        }
    }

    private static func ask(_ host: String) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr,
                let known = SocketAddress(address, count: entry.pointee.ai_addrlen)
            {
                found.append(known)
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
