"""Ways through a directed graph, given as {node: [neighbour, ...]}."""


def simple_paths(graph, start, end, visited=None):
    """All paths from start to end that visit no node twice, as lists, in depth-first order."""
    path = (visited or []) + [start]
    if start == end:
        return [path]
    found = []
    for neighbour in graph.get(start, []):
        if neighbour not in path:
            found += simple_paths(graph, neighbour, end, path)
    return found


def reachable(graph, start, seen=set()):
    """Set of the nodes that can be reached from start, itself included.

    Nodes in `seen` count as reached already, and what is found is added to it.
    """
    seen.add(start)
    for neighbour in graph.get(start, []):
        if neighbour not in seen:
            reachable(graph, neighbour, seen)
    return seen


def has_cycle(graph):
    """Whether some node can be reached from itself by at least one edge."""
    return any(node in reachable(graph, neighbour)
               for node in graph for neighbour in graph[node])
