"""A store as a web service: FastAPI over Holdfast's asyncio face. Start: ``uvicorn examples.fastapi_service.app:app``."""
