"""Maximum flow by another library."""

from __future__ import annotations

import networkx as nx
import numpy as np


def by_networkx(graph, free, source, sink):
    """Return the maximum flow of free arcs by another library."""
    flow = nx.DiGraph()
    flow.add_nodes_from(["from", "to"])
    for a in np.flatnonzero(free):
        u, v = int(graph.tail[a]), int(graph.head[a])
        before = flow.get_edge_data(u, v, {"capacity": 0})["capacity"]
        flow.add_edge(u, v, capacity=before + 1)
    for node in range(graph.n_nodes):
        if source[node]:
            flow.add_edge("from", node)  # no capacity: unlimited
        if sink[node]:
            flow.add_edge(node, "to")
    return nx.maximum_flow_value(flow, "from", "to")
