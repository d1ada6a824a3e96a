// STAND-IN for a Worker whose source its owner never published. For labs only: it says what it stands in for.
export default {
  fetch(request) {
    const { hostname, pathname } = new URL(request.url);
    return Response.json({ standIn: hostname, path: pathname });
  },
};
