export { io, Manager, Socket } from "socket.io-client";
