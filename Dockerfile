# Prediction without PyTorch: masks, measurements and a report of a folder of images.
#   make wheel
#   docker build -t lightbtseg .
#   docker run --rm --network none -u "$(id -u):$(id -g)" -v /path/to/images:/data lightbtseg predict . --output_dir predictions
FROM python:3.11-slim
COPY dist/lightbtseg-*.whl /tmp/
RUN pip install --no-cache-dir --no-compile /tmp/lightbtseg-*.whl && rm /tmp/lightbtseg-*.whl
WORKDIR /data
ENTRYPOINT ["lightbtseg"]
CMD ["--help"]
